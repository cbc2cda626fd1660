import { beijingTime } from '../beijing-time.ts';
import type { Reading } from '../ops-ledger.ts';
import { decodeKeyPlace, decodeNumberPlaces, decodeTimePlace, encodeCursor } from '../paging/cursor.ts';
import type { PageQuery } from '../paging/page.query.ts';
import { pageOf } from '../paging/page.ts';
import { listHeldUp, listMissingHere, listMissingThere, listUnapplied, loadHeldUp } from '../queries/reconcile-day.ts';
import type { Cohort, HeldUpRow, ListedDay, UnappliedRow } from '../queries/reconcile-day.ts';
import { loadUnknown } from '../queries/reconcile-unknown.ts';
import { partyZh } from '../words.ts';
import { causeOfReceipt, CAUSES, FIXES, guessCause } from './guess-cause.ts';
import type { Cause } from './guess-cause.ts';
import type { MissingAnswer, MissingPage } from './reconciliation.answer.ts';
import { STAGES } from './stages.ts';
import type { Stage } from './stages.ts';

/** The cases of a day that reached the stage before this one, and not this one. */
export async function pageMissing(trx: Reading, cohort: Cohort, stage: Stage, { cursor, limit }: PageQuery): Promise<MissingPage> {
  if (stage === 'applied') {
    const [below = null] = decodeNumberPlaces(cursor, 1) ?? [];
    return withReplays(pageOf(await listUnapplied(trx, cohort, below, limit + 1), limit, (row) => encodeCursor([row.seq]), showReceipt));
  }
  const rows = await listHeldUp(trx, cohort, STAGES[stage].level - 1, decodeTimePlace(cursor), limit + 1);
  return withReplays(pageOf(rows, limit, (row) => encodeCursor([row.created_micros, row.project_no]), (row) => showHeldUp(row, guessCause(row))));
}

/** What their list names and the ledger does not know so. */
export async function pageMissingHere(trx: Reading, day: ListedDay, { cursor, limit }: PageQuery): Promise<MissingPage> {
  const [above = null] = decodeKeyPlace(cursor, 1) ?? [];
  const numbers = await listMissingHere(trx, day, above, limit + 1);
  const known = new Map((await loadHeldUp(trx, numbers)).map((row) => [row.project_no, row]));
  const unknown = await loadUnknown(trx, numbers.filter((projectNo) => !known.has(projectNo)));
  return withReplays(pageOf(numbers, limit, (projectNo) => encodeCursor([projectNo]), (projectNo) => {
    const row = known.get(projectNo);
    if (row !== undefined) return showHeldUp(row, day.cohort.hall !== undefined && row.hall_code !== day.cohort.hall ? 'other-hall' : guessCause(row));
    const code = unknown.get(projectNo);
    return show({ projectNo, hallZh: null, reachedZh: null, transferId: null, code: code?.code ?? null, at: null }, code === undefined ? 'never-received' : code.cause);
  }));
}

/** What the ledger says of the day's cases and no list of theirs does. */
export async function pageMissingThere(trx: Reading, day: ListedDay, { cursor, limit }: PageQuery): Promise<MissingPage> {
  const rows = await listMissingThere(trx, day, decodeTimePlace(cursor), limit + 1);
  return withReplays(pageOf(rows, limit, (row) => encodeCursor([row.created_micros, row.project_no]), (row) => showHeldUp(row, 'not-in-their-list')));
}

function showReceipt(row: UnappliedRow): MissingAnswer {
  const hallZh = row.hall_code === null ? null : partyZh(`hall:${row.hall_code}`);
  return show({ projectNo: row.project_no, hallZh, reachedZh: STAGES.received.zh, transferId: null, code: row.outcome_code, at: beijingTime(row.recorded_at) }, causeOfReceipt(row));
}

function showHeldUp(row: HeldUpRow, cause: Cause): MissingAnswer {
  const reached = Object.values(STAGES).find(({ level }) => level === row.level);
  return show({
    projectNo: row.project_no, hallZh: partyZh(`hall:${row.hall_code}`), reachedZh: reached?.zh ?? null, transferId: row.transfer_id, code: row.error_code ?? row.centre_code,
    at: beijingTime(row.created_at),
  }, cause);
}

function show(known: Pick<MissingAnswer, 'projectNo' | 'hallZh' | 'reachedZh' | 'transferId' | 'code' | 'at'>, cause: Cause): MissingAnswer {
  const { zh, fix } = CAUSES[cause];
  return { ...known, cause, causeZh: zh, fix, fixZh: FIXES[fix] };
}

function withReplays(page: { items: MissingAnswer[]; nextCursor: string | null }): MissingPage {
  return { ...page, replayIds: page.items.flatMap(({ fix, transferId }) => (fix === 'replay' && transferId !== null ? [transferId] : [])) };
}
