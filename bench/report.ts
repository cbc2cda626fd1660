import Table from 'cli-table3';
import { CONTESTANTS, type ContestantName } from './contestants/contestant.ts';
import type { Measured } from './measure-all.ts';
import type { Latency } from './rounds.ts';
import { ratioOf, spreadOf, type Spread } from './statistics.ts';

type ByContestant<T> = Record<ContestantName, T>;

export interface BenchResult {
  readonly at: string;
  readonly single: ByContestant<Spread>;
  readonly batch: ByContestant<Spread>;
  readonly both: ByContestant<Spread>;
  readonly latency200: ByContestant<{ readonly p50: Spread; readonly p99: Spread }>;
  readonly latencyQuarter: ByContestant<{ readonly p50: Spread; readonly p99: Spread }>;
  /** The bridge against the others, round by round. */
  readonly ratios: { readonly singleToBare: Spread; readonly singleToTemplate: Spread; readonly batchToTemplate: Spread };
  readonly rssMaxMiB: Readonly<Record<string, number>>;
}

export function resultOf({ throughput, latency, rssMaxMiB }: Measured): BenchResult {
  return {
    at: new Date().toISOString(),
    single: each((name) => spreadOf(throughput.single[name])),
    batch: each((name) => spreadOf(throughput.batch[name])),
    both: each((name) => spreadOf(throughput.both[name])),
    latency200: each((name) => latencyOf(latency.latency200[name])),
    latencyQuarter: each((name) => latencyOf(latency.latencyQuarter[name])),
    ratios: {
      singleToBare: ratioOf(throughput.single.bridge, throughput.single.bare),
      singleToTemplate: ratioOf(throughput.single.bridge, throughput.single.template),
      batchToTemplate: ratioOf(throughput.batch.bridge, throughput.batch.template),
    },
    rssMaxMiB,
  };
}

/** The figures for people: median (min – max). */
export function tableOf(measured: Measured): string {
  const { single, batch, both, latency200, latencyQuarter, ratios, rssMaxMiB } = resultOf(measured);
  const table = new Table({ head: ['', ...CONTESTANTS], style: { head: [], border: [] } });
  const row = (title: string, of: (name: ContestantName) => Spread): void => { table.push([title, ...CONTESTANTS.map((name) => shown(of(name)))]); };
  row('single events, transfers/s', (name) => single[name]);
  row('batches of 100, transfers/s', (name) => batch[name]);
  row('both directions, transfers/s', (name) => both[name]);
  row('p50 at 200/s, ms', (name) => latency200[name].p50);
  row('p99 at 200/s, ms', (name) => latency200[name].p99);
  row('p50 at a quarter of saturation, ms', (name) => latencyQuarter[name].p50);
  row('p99 at a quarter of saturation, ms', (name) => latencyQuarter[name].p99);
  return [
    table.toString(),
    `bridge / bare, single: ${shown(ratios.singleToBare)}`,
    `bridge / template, single: ${shown(ratios.singleToTemplate)}; batch: ${shown(ratios.batchToTemplate)}`,
    `peak memory, MiB: ${Object.entries(rssMaxMiB).map(([name, value]) => `${name} ${value}`).join(', ')}`,
  ].join('\n');
}

function each<T>(of: (name: ContestantName) => T): ByContestant<T> {
  return { bridge: of('bridge'), bare: of('bare'), template: of('template') };
}

function latencyOf(rounds: readonly Latency[]): { p50: Spread; p99: Spread } {
  return { p50: spreadOf(rounds.map(({ p50 }) => p50)), p99: spreadOf(rounds.map(({ p99 }) => p99)) };
}

function shown({ median, min, max }: Spread): string {
  return Number.isNaN(median) ? '–' : `${median} (${min} – ${max})`;
}
