import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { saying } from '../query-fields.ts';
import { ReasonedBody } from '../reasoned.body.ts';

/** The path of one channel. */
export class ChannelParams {
  @ApiProperty({ description: '通道：intake:大厅代码 或 completion:大厅代码', example: 'intake:410204' })
  @Matches(/^(?:intake|completion):\d{6}$/, saying({ zh: '须为 intake:大厅代码 或 completion:大厅代码', en: 'must be intake:<hall code> or completion:<hall code>' }))
  channel!: string;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** Body of `POST /api/channels/{channel}/pause`. */
export class PauseBody extends ReasonedBody {
  @ApiPropertyOptional({ type: String, format: 'date-time', description: '到此时自动恢复（带时区，最长 30 天）；不写则等人恢复', example: '2026-11-24T08:30:00+08:00' })
  @IsOptional()
  @Matches(INSTANT, saying({ zh: '须为带时区的时间，如 2026-11-24T08:30:00+08:00', en: 'must be a time with an offset, such as 2026-11-24T08:30:00+08:00' }))
  until?: string;
}
