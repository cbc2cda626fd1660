import { Get, Inject, Query } from '@nestjs/common';
import { periodEnd, periodStart } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import type { Reading } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeNumberPlaces } from '../paging/cursor.ts';
import { mergeStrands } from '../paging/merge-pages.ts';
import type { Strand } from '../paging/merge-pages.ts';
import { listDoorRefusals } from '../queries/list-door-refusals.ts';
import type { RefusalFilter } from '../queries/list-door-refusals.ts';
import { listUnappliedEvents } from '../queries/list-unapplied-events.ts';
import { RefusalPage } from './refusal.answer.ts';
import type { RefusalAnswer } from './refusal.answer.ts';
import { RefusalQuery } from './refusal.query.ts';
import { showDoorRefusal, showRefusedEvent } from './show-refusal.ts';

/** What was not taken: refused at a door, or by the rules of the case afterwards. */
@OpsResource('api/refusals', '拒收')
export class RefusalsController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  @Get()
  @OpsAnswer('listRefusals', '查询拒收：入口拒收的请求，以及违反办件规则而被拒的事件；最新的在前', RefusalPage)
  async list(@Query() query: RefusalQuery): Promise<RefusalPage> {
    const [door = null, event = null] = decodeNumberPlaces(query.cursor, 2) ?? [];
    const strands = await this.ledger.read(async (trx) => [
      query.refusedBy === 'lifecycle' ? NOTHING : await atTheDoor(trx, query, door),
      query.refusedBy === 'door' ? NOTHING : await byTheRules(trx, query, event),
    ]);
    return mergeStrands(strands, query.limit);
  }
}

const NOTHING: Strand<RefusalAnswer> = { place: null, rows: [] };

async function atTheDoor(trx: Reading, query: RefusalQuery, place: number | null): Promise<Strand<RefusalAnswer>> {
  const rows = await listDoorRefusals(trx, filterOf(query), place, query.limit + 1);
  return { place, rows: rows.map((row) => ({ seq: row.seq, at: row.recorded_at, item: showDoorRefusal(row) })) };
}

async function byTheRules(trx: Reading, query: RefusalQuery, place: number | null): Promise<Strand<RefusalAnswer>> {
  const rows = await listUnappliedEvents(trx, 'refused', filterOf(query), place, query.limit + 1);
  return { place, rows: rows.map((row) => ({ seq: row.seq, at: row.recorded_at, item: showRefusedEvent(row) })) };
}

function filterOf({ code, sender, projectNo, from, to }: RefusalQuery): RefusalFilter {
  return {
    code, party: sender, projectNo,
    from: from === undefined ? undefined : periodStart(from),
    until: to === undefined ? undefined : periodEnd(to),
  };
}
