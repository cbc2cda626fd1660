import { Get, Inject, Query } from '@nestjs/common';
import { listOpenEdits } from '../../ledger/revision-rows.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeTimePlace, encodeCursor } from '../paging/cursor.ts';
import { PageQuery } from '../paging/page.query.ts';
import { pageOf } from '../paging/page.ts';
import { PendingEditPage } from './edit.answer.ts';
import { showPending } from './read-form.ts';

/** Edits that wait for a second person. */
@OpsResource('api/edits', '更正与退回')
export class PendingEditsController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  @Get()
  @OpsAnswer('listPendingEdits', '等待他人批准的更正，最早的在前；不含值', PendingEditPage)
  async list(@Query() query: PageQuery): Promise<PendingEditPage> {
    const place = decodeTimePlace(query.cursor);
    const rows = await this.ledger.read((trx) => listOpenEdits(trx, place, query.limit + 1));
    return pageOf(rows, query.limit, (row) => encodeCursor([row.created_micros, row.id]), showPending);
  }
}
