import { Get, Inject, Query } from '@nestjs/common';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { loadReplayFacts } from '../../ledger/operation-transfer-rows.ts';
import { listOpenEdits } from '../../ledger/revision-rows.ts';
import { DedupeWindows } from '../../operations/dedupe-windows.ts';
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
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(DedupeWindows) private readonly windows: DedupeWindows,
  ) {}

  @Get()
  @OpsAnswer('listPendingEdits', '等待他人批准的更正，最早的在前；不含值', PendingEditPage)
  async list(@Query() query: PageQuery, @Calling() caller: Caller): Promise<PendingEditPage> {
    const place = decodeTimePlace(query.cursor);
    const [rows, facts] = await this.ledger.read(async (trx) => {
      const found = await listOpenEdits(trx, place, query.limit + 1);
      return [found, await loadReplayFacts(trx, found.map((row) => row.transfer_id))] as const;
    });
    const byTransfer = new Map(facts.map((one) => [one.id, one]));
    return pageOf(rows, query.limit, (row) => encodeCursor([row.created_micros, row.id]), (row) => showPending(row, byTransfer.get(row.transfer_id), { windows: this.windows, caller }));
  }
}
