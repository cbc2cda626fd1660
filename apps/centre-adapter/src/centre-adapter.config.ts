import { IsInt, Max, Min } from 'class-validator';
import { EdgeConfig } from '#edge';
import { Describe } from '#runtime';

/** The settings of the centre adapter. */
export class CentreAdapterConfig extends EdgeConfig {
  @IsInt() @Min(0) @Max(65_535)
  @Describe('监听的端口')
  readonly port: number = 8702;
}
