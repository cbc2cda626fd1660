import { IsArray, IsInt, Matches, Max, Min } from 'class-validator';
import { EdgeConfig } from '#edge';
import { Describe } from '#runtime';

/** The settings of the district adapter. */
export class DistrictAdapterConfig extends EdgeConfig {
  @IsInt() @Min(0) @Max(65_535)
  @Describe('监听的端口')
  readonly port: number = 8701;

  @IsArray() @Matches(/^\d{6}$/, { each: true })
  @Describe('本进程服务的大厅代码，以逗号分隔；不设则为目录中的全部大厅')
  readonly hallCodes: string[] = [];
}
