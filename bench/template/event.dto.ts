import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Length, Matches, MaxLength, Min, ValidateNested } from 'class-validator';

/** The parts of an event that a team would describe: enough for a pipe to refuse what is plainly wrong. */
export class OperatorDto {
  @IsString() @MaxLength(50) readonly id!: string;
  @IsString() @MaxLength(30) readonly name!: string;
  @IsOptional() @IsString() @MaxLength(100) readonly orgName?: string;
}

export class PersonDto {
  @IsString() @IsNotEmpty() readonly name!: string;
  @Matches(/^\d{3}$/) readonly certType!: string;
  @IsString() @Length(1, 32) readonly certNo!: string;
  @IsOptional() @IsString() readonly type?: string;
  @IsOptional() @IsString() readonly mobile?: string;
}

export class AttachmentDto {
  @IsString() readonly fileId!: string;
  @IsString() readonly name!: string;
  @IsString() readonly mime!: string;
  @IsInt() @Min(0) readonly size!: number;
  @IsString() readonly sm3!: string;
}

export class MaterialDto {
  @IsString() readonly materialCode!: string;
  @IsString() readonly name!: string;
  @IsBoolean() readonly required!: boolean;
  @IsIn(['paper', 'electronic', 'both']) readonly form!: string;
  @IsInt() @Min(0) readonly originals!: number;
  @IsInt() @Min(0) readonly copies!: number;
  @IsBoolean() readonly taken!: boolean;
  @IsArray() @ArrayMaxSize(20) @ValidateNested({ each: true }) @Type(() => AttachmentDto) readonly attachments!: AttachmentDto[];
}

export class EventDataDto {
  @ValidateNested() @Type(() => OperatorDto) readonly operator!: OperatorDto;
  @IsOptional() @IsString() readonly itemCode?: string;
  @IsOptional() @IsString() readonly receivedAt?: string;
  @IsOptional() @IsString() readonly acceptedAt?: string;
  @IsOptional() @ValidateNested() @Type(() => PersonDto) readonly applicant?: PersonDto;
  @IsOptional() @IsArray() @ArrayMaxSize(60) @ValidateNested({ each: true }) @Type(() => MaterialDto) readonly materials?: MaterialDto[];
}

export class EventDto {
  @IsIn(['1.0']) readonly specversion!: string;
  @IsString() @IsNotEmpty() readonly id!: string;
  @IsString() @IsNotEmpty() readonly source!: string;
  @IsString() @IsNotEmpty() readonly type!: string;
  @IsString() @MaxLength(50) readonly subject!: string;
  @IsString() readonly time!: string;
  @ValidateNested() @Type(() => EventDataDto) readonly data!: EventDataDto;
}
