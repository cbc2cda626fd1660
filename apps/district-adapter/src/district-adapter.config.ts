import { IsArray, IsInt, Matches, Max, Min } from 'class-validator';
import { EdgeConfig } from '#edge';
import { Describe } from '#runtime';

const DAY_MS = 86_400_000;

/** The settings of the district adapter. */
export class DistrictAdapterConfig extends EdgeConfig {
  @IsInt() @Min(0) @Max(65_535)
  @Describe('监听的端口')
  readonly port: number = 8701;

  @IsArray() @Matches(/^\d{6}$/, { each: true })
  @Describe('本进程服务的大厅代码，以逗号分隔；不设则为目录中的全部大厅')
  readonly hallCodes: string[] = [];

  @IsInt() @Min(0) @Max(DAY_MS)
  @Describe('每个大厅两次拨测的间隔（毫秒），宜为 60000；0 为不拨测。拨测件走完整条路径，各接收方须认得并放入沙箱后才可打开；办理人 jiujin-canary 须有该大厅的收件权限')
  readonly canaryIntervalMs: number = 0;

  @IsArray() @Matches(/^\d{6}$/, { each: true })
  @Describe('拨测的大厅代码，以逗号分隔；不设则为本进程服务的全部大厅')
  readonly canaryHalls: string[] = [];
}
