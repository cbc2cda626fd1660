import type { AlertText, OpenAlert } from '../ledger/alert-rows.ts';
import type { Condition, Finding, Untold } from './condition.ts';
import type { WatchFacts } from './watch-facts.ts';
import type { WatchLimits } from './watch-limits.ts';

/** What is to be written about alerts after one look. */
export interface AlertVerdict {
  readonly open: readonly AlertText[];
  readonly keep: readonly AlertText[];
  readonly close: readonly OpenAlert[];
}

/** Open alerts of one condition, at most: an operator acts on the first ones, and a flood helps nobody. */
const OPEN_CAP = 100;

/**
 * Compares what there is with the alerts that are open: opens what is new, keeps what stands, closes what is over. An alert of a
 * condition that this program does not know (a newer gateway opened it) is left alone.
 */
export function judgeAlerts(conditions: Readonly<Record<string, Condition>>, facts: WatchFacts, limits: WatchLimits, open: readonly OpenAlert[]): AlertVerdict {
  const verdicts = Object.entries(conditions).map(([name, condition]) => {
    const found = condition.find(facts, limits);
    return found === 'unknown' ? NOTHING : compare(name, found, open.filter((alert) => alert.condition === name));
  });
  return { open: verdicts.flatMap((one) => one.open), keep: verdicts.flatMap((one) => one.keep), close: verdicts.flatMap((one) => one.close) };
}

const NOTHING: AlertVerdict = { open: [], keep: [], close: [] };

function compare(condition: string, answer: readonly (Finding | Untold)[], open: readonly OpenAlert[]): AlertVerdict {
  const standing = new Set(open.map(({ subject }) => subject));
  const subjects = new Set(answer.map(({ subject }) => subject));
  const found = answer.filter((one): one is Finding => !('untold' in one));
  const fresh = found.filter(({ subject, opens }) => opens && !standing.has(subject));
  return {
    open: fresh.slice(0, Math.max(0, OPEN_CAP - standing.size)).map((finding) => textOf(condition, finding)),
    keep: found.filter(({ subject }) => standing.has(subject)).map((finding) => textOf(condition, finding)),
    close: open.filter(({ subject }) => !subjects.has(subject)),
  };
}

function textOf(condition: string, { subject, zh, en, facts }: Finding): AlertText {
  return { condition, subject, detail_zh: zh, detail_en: en, facts };
}
