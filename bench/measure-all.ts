import { peakMemoryMiB } from '../local/programs/memory.ts';
import type { ContestantName } from './contestants/contestant.ts';
import type { MeasuringField } from './field.ts';
import type { BenchOptions, Measure } from './options.ts';
import { batchRound, bothRound, latencyRound, singleRound, type Field, type Latency } from './rounds.ts';
import { spreadOf } from './statistics.ts';

/** What was measured, round by round; rounds of the same place ran one after the other. */
export interface Measured {
  readonly throughput: Record<'single' | 'batch' | 'both', Record<ContestantName, number[]>>;
  readonly latency: Record<'latency200' | 'latencyQuarter', Record<ContestantName, Latency[]>>;
  /** Peak resident memory of the bridge's programs, in MiB. */
  readonly rssMaxMiB: Record<string, number>;
}

const WARM_UP = 300;
const RATE = 200;

export async function measureAll(field: MeasuringField, options: BenchOptions, say: (line: string) => void): Promise<Measured> {
  const count = options.quick ? 2_000 : 5_000;
  const seconds = options.quick ? 5 : 15;
  const measured = empty();
  await interleaved(field, 1, (at) => singleRound(at, WARM_UP));
  const rounds: Record<Measure, () => Promise<void>> = {
    single: () => interleaved(field, options.rounds, async (at) => keep(measured.throughput.single, at, await singleRound(at, count), say, 'single')),
    batch: () => interleaved(field, options.rounds, async (at) => keep(measured.throughput.batch, at, await batchRound(at, count), say, 'batch')),
    both: () => interleaved(field, options.rounds, async (at) => keep(measured.throughput.both, at, await bothRound(at, count), say, 'both')),
    latency: () => latencies(field, options.rounds, seconds, measured, say),
  };
  for (const measure of options.only) await rounds[measure]();
  measured.rssMaxMiB['gateway'] = memoryOf(field, 'gateway');
  measured.rssMaxMiB['districtAdapter'] = memoryOf(field, 'district-adapter');
  measured.rssMaxMiB['centreAdapter'] = memoryOf(field, 'centre-adapter');
  return measured;
}

/** A quarter of each contestant's own saturation, as far as that was measured. */
async function latencies(field: MeasuringField, rounds: number, seconds: number, measured: Measured, say: (line: string) => void): Promise<void> {
  await interleaved(field, rounds, async (at) => {
    const { name } = at.contestant;
    keepLatency(measured.latency.latency200, at, await latencyRound(at, RATE, seconds), say, `latency at ${RATE}/s`);
    const saturation = measured.throughput.single[name];
    if (saturation.length === 0) return;
    const quarter = spreadOf(saturation).median / 4;
    keepLatency(measured.latency.latencyQuarter, at, await latencyRound(at, quarter, seconds), say, `latency at ${Math.round(quarter)}/s`);
  });
}

/** One contestant after the other, beginning with another one in each round, so that no place is always the better one. */
async function interleaved(field: MeasuringField, rounds: number, work: (at: Field) => Promise<unknown>): Promise<void> {
  const { contestants, sink, payloads } = field;
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const contestant = contestants[(round + turn) % contestants.length];
      if (contestant !== undefined) await work({ contestant, sink, payloads });
    }
  }
}

function keep(into: Record<ContestantName, number[]>, { contestant }: Field, value: number, say: (line: string) => void, what: string): void {
  into[contestant.name].push(value);
  say(`${what.padEnd(8)} ${contestant.name.padEnd(9)} ${Math.round(value)}/s`);
}

function keepLatency(into: Record<ContestantName, Latency[]>, { contestant }: Field, value: Latency, say: (line: string) => void, what: string): void {
  into[contestant.name].push(value);
  say(`${what.padEnd(18)} ${contestant.name.padEnd(9)} p50 ${value.p50.toFixed(1)} ms, p99 ${value.p99.toFixed(1)} ms`);
}

function memoryOf(field: MeasuringField, name: string): number {
  const pid = field.contestants.flatMap(({ programs }) => programs).find(({ plan }) => plan.name === name)?.pid ?? null;
  return pid === null ? Number.NaN : Math.round(peakMemoryMiB(pid) ?? Number.NaN);
}

function empty(): Measured {
  const none = <T>(): Record<ContestantName, T[]> => ({ bridge: [], bare: [], template: [] });
  return {
    throughput: { single: none(), batch: none(), both: none() }, latency: { latency200: none(), latencyQuarter: none() }, rssMaxMiB: {},
  };
}
