import { Get, Inject, Query } from '@nestjs/common';
import { GatewayConfig } from '../../gateway.config.ts';
import { beijingTime, periodStart } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { DayFilter } from '../query-fields.ts';
import { readSummary } from './read-summary.ts';
import { SummaryAnswer } from './summary.answer.ts';

/** Parameters of `GET /api/summary`. */
export class SummaryQuery {
  @DayFilter('起算时刻；不填则为北京时间今日零点')
  from?: string;
}

/** The state of the bridge on one page, cheap enough to be asked every second. */
@OpsResource('api/summary', '总览')
export class SummaryController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger, @Inject(GatewayConfig) private readonly config: GatewayConfig) {}

  @Get()
  @OpsAnswer('getSummary', '总览：环境、服务器、今日期限、计划维护，各大厅各状态的办件、各目的地各状态的投递、拒收、暂存、死信、等待最久者、当前速率', SummaryAnswer)
  read(@Query() { from }: SummaryQuery): Promise<SummaryAnswer> {
    const now = new Date();
    const since = periodStart(from ?? beijingTime(now).slice(0, '2026-11-22'.length));
    return this.ledger.read((trx) => readSummary(trx, since, now, this.config));
  }
}
