import { Get, Inject, Query } from '@nestjs/common';
import { Needs } from '../../access/needs.ts';
import { periodEnd, periodStart } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeNumberPlaces, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { listActions } from '../queries/list-actions.ts';
import { ActionPage } from './action.answer.ts';
import { AuditQuery } from './audit.query.ts';
import { showAction } from './show-action.ts';

/** Who did what, when, why, from where. */
@OpsResource('api/audit', '操作记录')
export class AuditController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  @Get()
  @Needs('see-audit')
  @OpsAnswer('listActions', '查询操作记录，最新的在前', ActionPage)
  async list(@Query() { from, to, cursor, limit, actor, action, subjectKind, subject }: AuditQuery): Promise<ActionPage> {
    const [below = null] = decodeNumberPlaces(cursor, 1) ?? [];
    const filter = {
      actor, action, subjectKind, subject,
      from: from === undefined ? undefined : periodStart(from), until: to === undefined ? undefined : periodEnd(to),
    };
    const rows = await this.ledger.read((trx) => listActions(trx, filter, below, limit + 1));
    return pageOf(rows, limit, (row) => encodeCursor([row.seq]), showAction);
  }
}
