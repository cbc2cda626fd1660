import type { CaseNotes } from './case-book.ts';
import type { Finding, Findings } from './findings.ts';
import type { LatencyHistogram } from './latency-histogram.ts';

/** What the comparison came to. `completed` … `failed` sum up to the cases that are not stuck. */
export interface CheckReport {
  readonly cases: number;
  /** 准予办结. */
  readonly completed: number;
  readonly rejected: number;
  /** 退件, 不予受理, 补正超期. */
  readonly returned: number;
  readonly withdrawn: number;
  readonly voided: number;
  /** Cases of which the bridge refused an event or gave up a transfer: visible, but not at their end. */
  readonly failed: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly outOfOrder: number;
  /** Content that arrived other than it was sent, or that the ledger tells otherwise. */
  readonly altered: number;
  /** Effects that nothing on record explains. */
  readonly unexplained: number;
  /** Project numbers of cases that are not at their end on both sides; at most 50. */
  readonly stuck: readonly string[];
  readonly stuckCount: number;
  /** Events that the doors answered 202. */
  readonly accepted: number;
  /** Transfers that arrived. */
  readonly transfers: number;
  /** Transfers that the ledger has neither delivered nor given up. */
  readonly unfinished: number;
  /** Deliveries of a key that had arrived before: without effect, and so no fault. */
  readonly repeats: number;
  /** From the 202 to the effect on the other side, by the simulators' own clocks; `null` without transfers. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly ledgerRead: boolean;
  /** There were cases, nothing is wrong and nothing is stuck. */
  readonly ok: boolean;
  /** The first 200. */
  readonly findings: readonly Finding[];
}

type Fate = 'completed' | 'rejected' | 'returned' | 'withdrawn' | 'voided' | 'failed' | 'stuck';

const FATE_OF: Readonly<Record<string, Fate>> = {
  APPROVED: 'completed', REJECTED: 'rejected', RETURNED: 'returned', NOT_ACCEPTED: 'returned', SUPPLEMENT_TIMEOUT: 'returned',
  WITHDRAWN: 'withdrawn', VOIDED: 'voided', DELETED: 'voided',
};
const MOST_STUCK = 50;

function fateOf(notes: CaseNotes): Fate {
  const refusedAtOnce = notes.receiptStatus !== null && notes.receiptStatus !== 202;
  if (refusedAtOnce || notes.failedTransfers > 0 || notes.refusedEvents > 0) return 'failed';
  if (!notes.platformEnded || !notes.centreEnded || notes.shown === null) return 'stuck';
  return FATE_OF[notes.shown] ?? 'failed';
}

export function reportOf(parts: {
  cases: readonly CaseNotes[]; findings: Findings; latencies: LatencyHistogram; repeats: number; ledgerRead: boolean;
  accepted: number; unfinished: number;
}): CheckReport {
  const fates: Record<Fate, number> = { completed: 0, rejected: 0, returned: 0, withdrawn: 0, voided: 0, failed: 0, stuck: 0 };
  const stuck: string[] = [];
  for (const notes of parts.cases) {
    const fate = fateOf(notes);
    fates[fate] += 1;
    if (fate === 'stuck' && stuck.length < MOST_STUCK) stuck.push(notes.projectNo);
  }
  const { stuck: stuckCount, ...ends } = fates;
  const { counts, kept } = parts.findings;
  const clean = Object.values(counts).every((count) => count === 0);
  return {
    cases: parts.cases.length, ...ends, ...counts, stuck, stuckCount, accepted: parts.accepted, transfers: parts.latencies.count, unfinished: parts.unfinished, repeats: parts.repeats,
    p50Ms: parts.latencies.percentile(0.5), p99Ms: parts.latencies.percentile(0.99), ledgerRead: parts.ledgerRead,
    ok: clean && parts.cases.length > 0 && stuckCount === 0 && ends.failed === 0, findings: kept,
  };
}
