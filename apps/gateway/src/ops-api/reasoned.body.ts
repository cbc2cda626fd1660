import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { saying } from './query-fields.ts';
import { NoControlCharacters, NoPersonalForm, NoPersonalNumber } from './written-text.ts';

const LENGTH_TEXT = saying({ zh: '须写明理由，4–500 字', en: 'must say why, in 4 to 500 characters' });
const NUMBER_TEXT = { zh: '理由中不得有证件号码、手机号或账号', en: 'must not hold a certificate, phone or account number' };

/** Why a person does something: kept in the records as it is, so it must carry no personal number. */
export function Reason(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: String, description: '理由（4–500 字，不得含证件号码等长数字）', minLength: 4, maxLength: 500 }),
    NoPersonalNumber(NUMBER_TEXT),
    NoControlCharacters(),
    Length(4, 500, LENGTH_TEXT),
    IsString(LENGTH_TEXT),
  );
}

/** What every write says of itself. */
export class ReasonedBody {
  @Reason()
  reason!: string;

  @ApiPropertyOptional({ type: String, description: '工单号', maxLength: 64 })
  @IsOptional()
  @NoPersonalForm()
  @Matches(/^[\p{L}\p{N} ._:#/-]{1,64}$/u, saying({ zh: '须为 1–64 位的工单号', en: 'must be a ticket of 1 to 64 characters' }))
  ticket?: string;
}
