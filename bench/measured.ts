import type { ContestantName } from './contestants/contestant.ts';
import type { LedgerGrowth } from './ledger/measure-ledger.ts';
import type { Drain } from './measures/drain.ts';
import type { ReplayFigures } from './measures/replay.ts';
import type { Latency } from './rounds.ts';
import type { StageTimes } from './stages/measure-stages.ts';

export type ByContestant<T> = Record<ContestantName, T>;

/** What was measured, round by round; rounds of the same place ran one after the other. */
export interface Measured {
  readonly throughput: Record<'single' | 'batch' | 'both', ByContestant<number[]>>;
  readonly latency: Record<'latency200' | 'latencyQuarter', ByContestant<Latency[]>>;
  readonly drains: Drain[];
  /** In milliseconds. */
  readonly restarts: number[];
  readonly coldStarts: number[];
  stages: StageTimes | null;
  replay: ReplayFigures | null;
  ledger: LedgerGrowth | null;
  /** Peak resident memory of every program, in MiB. */
  memory: Readonly<Record<string, number>>;
}

export function nothingMeasured(): Measured {
  const none = <T>(): ByContestant<T[]> => ({ bridge: [], bare: [], template: [] });
  return {
    throughput: { single: none(), batch: none(), both: none() }, latency: { latency200: none(), latencyQuarter: none() },
    drains: [], restarts: [], coldStarts: [], stages: null, replay: null, ledger: null, memory: {},
  };
}
