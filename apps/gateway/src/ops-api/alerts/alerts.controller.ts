import { Get, Inject, Query } from '@nestjs/common';
import { periodEnd, periodStart } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeNumberPlaces, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { listAlerts } from '../queries/list-alerts.ts';
import type { AlertFilter } from '../queries/list-alerts.ts';
import { AlertPage } from './alert.answer.ts';
import { AlertQuery } from './alert.query.ts';
import { showAlert } from './show-alert.ts';

/** What calls for a person, now and lately. */
@OpsResource('api/alerts', '告警')
export class AlertsController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  @Get()
  @OpsAnswer('listAlerts', '查询告警，最新的在前；open=true 列出持续中的', AlertPage)
  async list(@Query() query: AlertQuery): Promise<AlertPage> {
    const [below = null] = decodeNumberPlaces(query.cursor, 1) ?? [];
    const rows = await this.ledger.read((trx) => listAlerts(trx, filterOf(query), below, query.limit + 1));
    return pageOf(rows, query.limit, (row) => encodeCursor([row.seq]), showAlert);
  }
}

function filterOf({ open, condition, subject, from, to }: AlertQuery): AlertFilter {
  return {
    condition, subject,
    open: open === undefined ? undefined : open === 'true',
    from: from === undefined ? undefined : periodStart(from),
    until: to === undefined ? undefined : periodEnd(to),
  };
}
