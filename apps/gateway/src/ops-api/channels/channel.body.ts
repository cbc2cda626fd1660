import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, Matches, Max, Min, ValidateIf } from 'class-validator';
import type { SendingWindow } from '../../ledger/channel-tables.ts';
import { saying } from '../query-fields.ts';
import { PageQuery } from '../paging/page.query.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import { HoursField } from '../sending-hours.body.ts';

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

const RATE_TEXT = saying({ zh: '须为 1–500 的整数（每秒条数）；不限速写 null', en: 'must be a whole number from 1 to 500 (per second), or null for no limit' });

/** Body of `PUT /api/channels/{channel}/settings`: both are given, for this is how it will be. */
export class ChannelSettingsBody extends ReasonedBody {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 500, nullable: true, description: '每秒至多发出条数；null 为不限' })
  @ValidateIf((_, value) => value !== null)
  @IsInt(RATE_TEXT) @Min(1, RATE_TEXT) @Max(500, RATE_TEXT)
  ratePerSecond!: number | null;

  @HoursField('投递时段，在其中任何一段即发；null 为不限')
  hours!: SendingWindow[] | null;
}

/** Query of `GET /api/channels/{channel}/changes`. */
export class ChannelChangesQuery extends PageQuery {}
