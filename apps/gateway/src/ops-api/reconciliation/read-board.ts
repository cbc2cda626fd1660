import { catalogue } from '#contracts';
import { findSignOff, listsOfDay } from '../../ledger/reconciliation-rows.ts';
import type { ReconciliationList, SignOff } from '../../ledger/reconciliation-rows.ts';
import { beijingTime, periodEnd, periodStart } from '../beijing-time.ts';
import type { Reading } from '../ops-ledger.ts';
import { countLevels, countUnapplied, DAY_CAP } from '../queries/reconcile-day.ts';
import type { Cohort } from '../queries/reconcile-day.ts';
import { partyZh } from '../words.ts';
import { LIST_KINDS } from './list-kinds.ts';
import type { BoardAnswer, IdListAnswer, SignOffAnswer } from './reconciliation.answer.ts';
import { boardOf, digestOf, openDeltas } from './stages.ts';
import type { HallRow } from './stages.ts';

/** The cases of a day, of one hall or of all. */
export function cohortOf(day: string, hall?: string): Cohort {
  return { from: periodStart(day), until: periodEnd(day), ...(hall === undefined ? {} : { hall }) };
}

/** The counts of a day as they stand. */
export async function readCounts(trx: Reading, day: string): Promise<{ readonly rows: HallRow[]; readonly digest: string; readonly openDeltas: number; readonly capped: boolean }> {
  const cohort = cohortOf(day);
  const [levels, unapplied] = [await countLevels(trx, cohort), await countUnapplied(trx, cohort)];
  const rows = boardOf(levels, unapplied, catalogue().halls.map(({ code }) => code));
  const most = Math.max(levels.reduce((sum, { count }) => sum + count, 0), unapplied.reduce((sum, { count }) => sum + count, 0));
  return { rows, digest: digestOf(day, rows), openDeltas: openDeltas(rows), capped: most >= DAY_CAP };
}

/** The board of a day, with the lists that were given and the last sign-off. */
export async function readBoard(trx: Reading, day: string, now: Date): Promise<BoardAnswer> {
  const counts = await readCounts(trx, day);
  const signed = await findSignOff(trx, day);
  return {
    day, over: isOver(day, now), asOf: beijingTime(now),
    halls: counts.rows.map(({ hallCode, stages }) => ({ hallCode, hallZh: hallCode === '' ? '不属于某个大厅' : partyZh(`hall:${hallCode}`), stages: [...stages] })),
    openDeltas: counts.openDeltas, capped: counts.capped, digest: counts.digest,
    lists: (await listsOfDay(trx, day)).map(showList),
    signOff: signed === undefined ? null : showSignOff(signed, counts.digest),
  };
}

/** Whether a day has ended in Beijing. */
export function isOver(day: string, now: Date): boolean {
  return periodEnd(day) <= now;
}

export function showList({ side, kind, ids, digest, by_name, at }: ReconciliationList): IdListAnswer {
  return { side, sideZh: partyZh(side === 'centre' ? 'centre' : `hall:${side.slice('hall:'.length)}`), kind, kindZh: LIST_KINDS[kind].zh, ids, digest, by: by_name, at: beijingTime(at) };
}

export function showSignOff({ by_name, at, note, digest, open_deltas }: SignOff, present: string): SignOffAnswer {
  return { by: by_name, at: beijingTime(at), note, digest, openDeltas: open_deltas, unchanged: digest === present };
}
