import { expectedOf } from '../../local/check/expected-transfers.ts';
import type { Line, Side } from '../../local/check/record-lines.ts';
import type { FaultName } from './faults.ts';
import type { Occurrence } from './inflict.ts';

/** One transfer as the outside saw it: when its cause was announced by its sender, and when it took effect on the other side. */
export interface Journey { readonly to: Side; readonly sentAt: number; readonly arrivedAt: number }

/** How one kind of fault was lived through. Seconds. */
export interface FaultFigures {
  readonly name: FaultName;
  readonly times: number;
  /** From the moment the cause was gone until the last of what had been announced by then had arrived: half of the times in less than … */
  readonly recoveryP50: number;
  readonly recoveryMax: number;
  /** The longest time in which nothing arrived on a side though something was waiting for it, from the fault's beginning to the end of its recovery. */
  readonly longestStall: number;
}

/** Puts causes and effects of both records together. Only what arrived is of use here: what did not is the checker's business. */
export class Journeys {
  readonly #sent = new Map<string, number>();
  readonly #arrived = new Map<string, { to: Side; at: number }>();

  line(side: Side, line: Line): void {
    if (line.k === 'sending') for (const { key } of expectedOf(line)) this.#sent.set(key, line.at);
    if (line.k === 'effect' && !this.#arrived.has(line.key)) this.#arrived.set(line.key, { to: side, at: line.at });
  }

  /** In the order of their arrival. */
  all(): Journey[] {
    return [...this.#arrived].flatMap(([key, { to, at }]) => {
      const sentAt = this.#sent.get(key);
      return sentAt === undefined ? [] : [{ to, sentAt, arrivedAt: at }];
    }).sort((one, other) => one.arrivedAt - other.arrivedAt);
  }
}

interface Stall { readonly from: number; readonly until: number }

/** The gaps between two arrivals on one side, as far as something was waiting in them. */
export function stallsOf(journeys: readonly Journey[], side: Side): Stall[] {
  const own = journeys.filter(({ to }) => to === side);
  // From the last arrival backwards: the earliest announcement among all that arrive then or later is the oldest that waits.
  let oldest = Infinity;
  return own.map((journey, at) => ({ journey, before: own[at - 1]?.arrivedAt ?? -Infinity })).reverse().map(({ journey, before }) => {
    oldest = Math.min(oldest, journey.sentAt);
    return { from: Math.max(before, oldest), until: journey.arrivedAt };
  }).reverse();
}

/** Milliseconds from the end of the fault's cause until the last of what had been announced by then had arrived. */
export function recoveryOf({ endedAt }: Occurrence, journeys: readonly Journey[]): number {
  return journeys.reduce((longest, { sentAt, arrivedAt }) => (sentAt <= endedAt ? Math.max(longest, arrivedAt - endedAt) : longest), 0);
}

/** By kind, in the order given. */
export function figuresOf(names: readonly FaultName[], occurrences: readonly Occurrence[], journeys: readonly Journey[]): FaultFigures[] {
  const stalls = (['platform', 'centre'] as const).flatMap((side) => stallsOf(journeys, side));
  return names.flatMap((name): FaultFigures[] => {
    const own = occurrences.filter((occurrence) => occurrence.name === name);
    if (own.length === 0) return [];
    const recoveries = own.map((occurrence) => recoveryOf(occurrence, journeys));
    const longest = own.map((occurrence, at) => longestStall(stalls, occurrence.beganAt, occurrence.endedAt + (recoveries[at] ?? 0)));
    return [{
      name, times: own.length, recoveryP50: seconds(percentile(recoveries, 0.5)), recoveryMax: seconds(Math.max(...recoveries)), longestStall: seconds(Math.max(...longest)),
    }];
  });
}

/** Over all faults, whatever their kind; seconds. */
export function recoveryP95(occurrences: readonly Occurrence[], journeys: readonly Journey[]): number {
  return seconds(percentile(occurrences.map((occurrence) => recoveryOf(occurrence, journeys)), 0.95));
}

function longestStall(stalls: readonly Stall[], from: number, until: number): number {
  return stalls.reduce((longest, stall) => (stall.from < until && stall.until > from ? Math.max(longest, stall.until - stall.from) : longest), 0);
}

/** The smallest of the values that at least this share of them do not exceed; 0 when there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
