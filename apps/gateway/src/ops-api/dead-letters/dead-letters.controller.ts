import { Get, Inject, Query } from '@nestjs/common';
import { periodEnd, periodStart } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeNumberPlaces, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { listDeadLetters } from '../queries/list-dead-letters.ts';
import type { DeadLetterFilter } from '../queries/list-dead-letters.ts';
import { DeadLetterPage } from './dead-letter.answer.ts';
import { DeadLetterQuery } from './dead-letter.query.ts';
import { showDeadLetter } from './show-dead-letter.ts';

/** What could not be handled at all: which message, where, why. */
@OpsResource('api/dead-letters', '死信')
export class DeadLettersController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  @Get()
  @OpsAnswer('listDeadLetters', '查询死信（只列元数据，不含原文），最新的在前', DeadLetterPage)
  async list(@Query() query: DeadLetterQuery): Promise<DeadLetterPage> {
    const [below = null] = decodeNumberPlaces(query.cursor, 1) ?? [];
    const rows = await this.ledger.read((trx) => listDeadLetters(trx, filterOf(query), below, query.limit + 1));
    return pageOf(rows, query.limit, (row) => encodeCursor([row.seq]), showDeadLetter);
  }
}

function filterOf({ app, queue, code, projectNo, from, to }: DeadLetterQuery): DeadLetterFilter {
  return {
    app, queue, code, projectNo,
    from: from === undefined ? undefined : periodStart(from),
    until: to === undefined ? undefined : periodEnd(to),
  };
}
