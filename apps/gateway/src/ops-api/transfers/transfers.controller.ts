import { Get, Inject, Query } from '@nestjs/common';
import { periodEnd, periodStart } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeTimePlace, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { listTransfers } from '../queries/list-transfers.ts';
import type { TransferFilter } from '../queries/list-transfers.ts';
import { showTransfer } from './show-transfer.ts';
import { TransferPage } from './transfer.answer.ts';
import { TransferQuery } from './transfer.query.ts';

/** What must reach the centre and the halls, and what stands in its way. */
@OpsResource('api/transfers', '投递')
export class TransfersController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  @Get()
  @OpsAnswer('listTransfers', '查询投递，最新的在前；例如 status=failed 列出需人工处理的失败', TransferPage)
  async list(@Query() query: TransferQuery): Promise<TransferPage> {
    const place = decodeTimePlace(query.cursor);
    const rows = await this.ledger.read((trx) => listTransfers(trx, filterOf(query), place, query.limit + 1));
    return pageOf(rows, query.limit, (row) => encodeCursor([row.created_micros, row.id]), showTransfer);
  }
}

function filterOf(query: TransferQuery): TransferFilter {
  const { status, destination, kind, projectNo, errorWord, errorCode, from, to } = query;
  return {
    status, destination, kind, projectNo, errorWord, errorCode,
    from: from === undefined ? undefined : periodStart(from),
    until: to === undefined ? undefined : periodEnd(to),
  };
}
