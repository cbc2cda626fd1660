import type { LedgerAt } from './ledger/measure-ledger.ts';
import { thisMachine, type Machine } from './machine.ts';
import type { ByContestant, Measured } from './measured.ts';
import type { ReplayFigures } from './measures/replay.ts';
import type { BenchOptions } from './options.ts';
import type { Latency } from './rounds.ts';
import { ratioOf, rounded, spreadOf, type Spread } from './statistics.ts';

interface LatencyFigures {
  readonly p50: Spread | null;
  readonly p99: Spread | null;
}

interface LedgerFigures {
  readonly throughput: Spread | null;
  /** Of the kind of search that is slowest. */
  readonly searchP99Ms: number;
  readonly timelineP99Ms: number;
  readonly bytesPerTransfer: number;
}

/** What `--json` ends with. What was not measured is `null`. */
export interface BenchFigures {
  readonly single: ByContestant<Spread | null>;
  readonly batch: ByContestant<Spread | null>;
  readonly both: ByContestant<Spread | null>;
  readonly latency200: ByContestant<LatencyFigures>;
  readonly latencyQuarter: ByContestant<LatencyFigures>;
  readonly ledger: Readonly<Record<string, LedgerFigures>>;
  readonly drain: { readonly perSecond: Spread | null; readonly vsSaturation: Spread | null };
  readonly restartToFirstDeliveryMs: Spread | null;
  readonly coldStartMs: Spread | null;
  readonly replay: ReplayFigures | null;
  readonly rssMaxMiB: Readonly<Record<'gateway' | 'districtAdapter' | 'centreAdapter', number | null>>;
}

/** Quotients round by round: the only figures that mean something on another machine. */
export interface Ratios {
  readonly singleToBare: Spread | null;
  readonly singleToTemplate: Spread | null;
  readonly batchToBare: Spread | null;
  readonly batchToTemplate: Spread | null;
  readonly bothToBare: Spread | null;
  readonly bothToTemplate: Spread | null;
  /** By size: the bridge's throughput against the yardstick's in the same rounds. The first size is `empty`. */
  readonly ledgerToBare: Readonly<Record<string, Spread | null>>;
}

/** What `bench/results/latest.json` holds. */
export interface BenchPaper {
  readonly at: string;
  readonly machine: Machine;
  readonly options: Pick<BenchOptions, 'quick' | 'only' | 'rounds' | 'count' | 'backlog'>;
  readonly figures: BenchFigures;
  readonly ratios: Ratios;
  readonly details: {
    readonly drains: Measured['drains'];
    /** Milliseconds of processor time per transfer, by program and stage. */
    readonly stages: Measured['stages'];
    /** Every size with every kind of search, the empty ledger first. */
    readonly ledger: readonly LedgerAt[];
    readonly ledgerLeftOut: readonly string[];
    /** Peak resident memory of every program in MiB, the other contestants' too. */
    readonly memoryMiB: Readonly<Record<string, number>>;
  };
}

export function figuresOf({ throughput, latency, drains, restarts, coldStarts, replay, ledger, memory }: Measured): BenchFigures {
  const saturation = spreadOf(throughput.single.bridge)?.median;
  const drained = drains.map(({ perSecond }) => perSecond);
  return {
    single: each((name) => spreadOf(throughput.single[name])),
    batch: each((name) => spreadOf(throughput.batch[name])),
    both: each((name) => spreadOf(throughput.both[name])),
    latency200: each((name) => latencyOf(latency.latency200[name])),
    latencyQuarter: each((name) => latencyOf(latency.latencyQuarter[name])),
    ledger: Object.fromEntries((ledger?.sizes ?? []).flatMap(ledgerOf)),
    drain: { perSecond: spreadOf(drained), vsSaturation: saturation === undefined ? null : spreadOf(drained.map((perSecond) => perSecond / saturation)) },
    restartToFirstDeliveryMs: spreadOf(restarts),
    coldStartMs: spreadOf(coldStarts),
    replay,
    rssMaxMiB: { gateway: memory['gateway'] ?? null, districtAdapter: memory['district-adapter'] ?? null, centreAdapter: memory['centre-adapter'] ?? null },
  };
}

export function paperOf(measured: Measured, { quick, only, rounds, count, backlog }: BenchOptions, now: Date): BenchPaper {
  const { single, batch, both } = measured.throughput;
  const sizes = measured.ledger?.sizes ?? [];
  return {
    at: now.toISOString(), machine: thisMachine(), options: { quick, only, rounds, count, backlog },
    figures: figuresOf(measured),
    ratios: {
      singleToBare: ratioOf(single.bridge, single.bare), singleToTemplate: ratioOf(single.bridge, single.template),
      batchToBare: ratioOf(batch.bridge, batch.bare), batchToTemplate: ratioOf(batch.bridge, batch.template),
      bothToBare: ratioOf(both.bridge, both.bare), bothToTemplate: ratioOf(both.bridge, both.template),
      ledgerToBare: Object.fromEntries(sizes.map(({ size, throughput, bare }) => [size, ratioOf(throughput, bare)])),
    },
    details: {
      drains: measured.drains, stages: measured.stages, ledgerLeftOut: measured.ledger?.leftOut ?? [], memoryMiB: measured.memory,
      ledger: sizes.map((one) => ({ ...one, throughput: one.throughput.map(rounded), bare: one.bare.map(rounded) })),
    },
  };
}

function ledgerOf({ size, throughput, filled }: LedgerAt): [string, LedgerFigures][] {
  if (filled === null) return [];
  const searchP99Ms = Math.max(...Object.values(filled.searches).map(({ p99 }) => p99));
  return [[size, { throughput: spreadOf(throughput), searchP99Ms, timelineP99Ms: filled.timeline.p99, bytesPerTransfer: filled.bytesPerTransfer }]];
}

function latencyOf(rounds: readonly Latency[]): LatencyFigures {
  return { p50: spreadOf(rounds.map(({ p50 }) => p50)), p99: spreadOf(rounds.map(({ p99 }) => p99)) };
}

function each<T>(of: (name: keyof ByContestant<T>) => T): ByContestant<T> {
  return { bridge: of('bridge'), bare: of('bare'), template: of('template') };
}
