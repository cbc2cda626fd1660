import type { FieldProblem } from '#contracts';
import { brokenQuery } from '../problems/ops-problem.ts';

/** Longer than this nobody plans a receiver to be away at one time (ms): what a pause holds must go out some day. */
const LONGEST_MS = 7 * 24 * 3_600_000;
/** Further ahead nobody plans (ms). */
const FARTHEST_MS = 180 * 24 * 3_600_000;
/** A begin so little ago (ms) is now: the clock of who asks may be a little off, and reading takes time. */
const SLACK_MS = 5 * 60_000;

/** From when to when. */
export interface PlanTimes {
  readonly from: Date;
  readonly to: Date;
}

/** The times of a plan as it is to be. `begun`: it runs already, so its begin is what it is. @throws OpsProblem `query-broken` that names what is wrong */
export function checkedTimes({ from, to }: PlanTimes, now: Date, begun = false): PlanTimes {
  const errors = [...(begun ? [] : beginProblems(from, now)), ...endProblems(from, to, now)];
  if (errors.length > 0) throw brokenQuery(errors);
  return { from, to };
}

function beginProblems(from: Date, now: Date): FieldProblem[] {
  const ahead = from.getTime() - now.getTime();
  if (ahead >= -SLACK_MS && ahead <= FARTHEST_MS) return [];
  return [{ field: 'from', rule: 'ahead', zh: '须为现在起 180 天内的时间', en: 'must be a time from now on, within 180 days' }];
}

function endProblems(from: Date, to: Date, now: Date): FieldProblem[] {
  if (!(to > now && to > from)) return [{ field: 'to', rule: 'after', zh: '须晚于现在，也晚于开始', en: 'must be later than now and than the begin' }];
  if (to.getTime() - from.getTime() > LONGEST_MS) return [{ field: 'to', rule: 'length', zh: '一次维护至多 7 天', en: 'must be within 7 days of the begin' }];
  return [];
}
