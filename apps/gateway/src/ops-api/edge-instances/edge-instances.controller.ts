import { APPS } from '#contracts';
import type { AppName } from '#contracts';
import { Get, Inject, Query } from '@nestjs/common';
import { GatewayConfig } from '../../gateway.config.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeKeyPlace, encodeCursor } from '../paging/cursor.ts';
import { PageQuery } from '../paging/page.query.ts';
import { pageOf } from '../paging/page.ts';
import { listEdgeInstances } from '../queries/list-edge-instances.ts';
import type { EdgeInstanceListRow } from '../queries/list-edge-instances.ts';
import { ChoiceFilter } from '../query-fields.ts';
import { EdgeInstancePage } from './edge-instance.answer.ts';
import type { EdgeInstanceAnswer } from './edge-instance.answer.ts';

/** Filters of `GET /api/edge-instances`. */
export class EdgeInstanceQuery extends PageQuery {
  @ChoiceFilter('程序', 'AppName', APPS)
  app?: AppName;
}

/** The programs that report: which of them live, and what waits in their spool and journal. */
@OpsResource('api/edge-instances', '程序实例')
export class EdgeInstancesController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger, @Inject(GatewayConfig) private readonly config: GatewayConfig) {}

  @Get()
  @OpsAnswer('listEdgeInstances', '查询各程序实例及其自报状态，按程序和进程排列', EdgeInstancePage)
  async list(@Query() { cursor, limit, app }: EdgeInstanceQuery): Promise<EdgeInstancePage> {
    const after = decodeKeyPlace(cursor, 2);
    const rows = await this.ledger.read((trx) => listEdgeInstances(trx, app, this.config.programSilentMs, after, limit + 1));
    return pageOf(rows, limit, (row) => encodeCursor([row.app, row.instance]), show);
  }
}

function show(row: EdgeInstanceListRow): EdgeInstanceAnswer {
  return {
    app: row.app, instance: row.instance, living: row.living,
    firstSeenAt: beijingTime(row.first_seen_at), lastSeenAt: beijingTime(row.seen_at),
    spoolWaiting: row.spool_waiting, spoolOldestAt: beijingTimeOrNull(row.spool_oldest_at),
    journalEntries: row.journal_entries, journalOldestAt: beijingTimeOrNull(row.journal_oldest_at),
    redisDurable: row.redis_durable, redisProblem: row.redis_problem,
    brokerAwaySince: beijingTimeOrNull(row.broker_away_since), stoppedAt: beijingTimeOrNull(row.stopped_at),
  };
}
