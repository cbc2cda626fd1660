import { brokenQuery } from '../problems/ops-problem.ts';
import type { Period } from '../queries/shift-rows.ts';

const HOUR_MS = 3_600_000;
export const DEFAULT_HOURS = 12;
export const MOST_HOURS = 72;

/** How a period may be asked for: the last hours, or from a moment to another. */
export interface AskedPeriod {
  readonly hours?: number;
  readonly from?: Date;
  readonly to?: Date;
}

/** The period that is meant: by default the last twelve hours, never more than three days, never beyond now. @throws OpsProblem `query-broken` */
export function periodOf({ hours, from, to }: AskedPeriod, now: Date): Period {
  if (hours !== undefined && (from !== undefined || to !== undefined)) throw broken('hours', '不能与 from、to 同时给出', 'cannot be given together with from and to');
  const end = to === undefined || to > now ? now : to;
  const begin = from ?? new Date(end.getTime() - (hours ?? DEFAULT_HOURS) * HOUR_MS);
  if (begin >= end) throw broken('from', '须早于结束和现在', 'must be before the end and before now');
  if (end.getTime() - begin.getTime() > MOST_HOURS * HOUR_MS) throw broken('from', `一次至多 ${MOST_HOURS} 小时`, `must be within ${MOST_HOURS} hours of the end`);
  return { from: begin, to: end };
}

function broken(field: string, zh: string, en: string): Error {
  return brokenQuery([{ field, rule: 'period', zh, en }]);
}
