import { beijingTime } from '../ops-api/beijing-time.ts';
import { COUNT_CAP } from '../ledger/trouble-rows.ts';
import type { WatchFacts } from './watch-facts.ts';
import type { WatchLimits } from './watch-limits.ts';

/** One thing that a condition found. */
export interface Finding {
  /** What it is about; one alert for each condition and subject. */
  readonly subject: string;
  /** Opens an alert. When false, an alert that is open stays open and none is opened: the gap between the two keeps alerts from flapping. */
  readonly opens: boolean;
  /** What it is and what to do. Times are moments, not durations: the text changes only when something has changed. */
  readonly zh: string;
  readonly en: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A subject of which nothing can be told now: an alert of it that stands is left as it is, and none is opened. */
export interface Untold {
  readonly subject: string;
  readonly untold: true;
}

/** A condition that calls for a person (告警条件). */
export interface Condition {
  readonly zh: string;
  readonly en: string;
  /** What there is of it; `unknown` when nothing of it can be told now: its alerts are then neither opened nor closed. */
  find(facts: WatchFacts, limits: WatchLimits): readonly (Finding | Untold)[] | 'unknown';
}

/** A moment as operators read it: `2026-11-23 09:30:05`, in Beijing. */
export function clock(instant: Date): string {
  return beijingTime(instant).slice(0, 19).replace('T', ' ');
}

export function countZh(count: number): string {
  return count >= COUNT_CAP ? `至少 ${COUNT_CAP}` : String(count);
}

export function countEn(count: number): string {
  return count >= COUNT_CAP ? `at least ${COUNT_CAP}` : String(count);
}

export function msBetween(earlier: Date, later: Date): number {
  return later.getTime() - earlier.getTime();
}
