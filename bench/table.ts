import Table from 'cli-table3';
import { CONTESTANTS, type ContestantName } from './contestants/contestant.ts';
import { machineLine } from './machine.ts';
import type { BenchPaper } from './report.ts';
import { spreadOf, type Spread } from './statistics.ts';

type Figure = Spread | null;

/** The figures for people: median (min – max); what was not measured is left out. */
export function tablesOf(paper: BenchPaper): string {
  const { figures, ratios, details, machine, at } = paper;
  return [
    `${machineLine(machine)}, ${at.slice(0, 10)}`,
    contestantsTable(figures),
    ledgerTable(paper),
    line('bridge / bare: single', ratios.singleToBare), line('bridge / bare: batch', ratios.batchToBare), line('bridge / bare: both directions', ratios.bothToBare),
    line('bridge / template: single', ratios.singleToTemplate), line('bridge / template: batch', ratios.batchToTemplate), line('bridge / template: both directions', ratios.bothToTemplate),
    line('drain of the backlog, per second', figures.drain.perSecond), line('drain / saturation', figures.drain.vsSaturation),
    line('restart to first delivery, ms', figures.restartToFirstDeliveryMs),
    line('cold start, ms', figures.coldStartMs),
    replayLine(figures.replay),
    ...details.ledgerLeftOut,
    Object.keys(details.memoryMiB).length === 0 ? '' : `peak memory, MiB: ${Object.entries(details.memoryMiB).map(([name, value]) => `${name} ${value}`).join(', ')}`,
  ].filter((part) => part !== '').join('\n');
}

function contestantsTable({ single, batch, both, latency200, latencyQuarter }: BenchPaper['figures']): string {
  const rows: [string, (name: ContestantName) => Figure][] = [
    ['single events, transfers/s', (name) => single[name]],
    ['batches of 100, transfers/s', (name) => batch[name]],
    ['both directions, transfers/s', (name) => both[name]],
    ['p50 at 200/s, ms', (name) => latency200[name].p50],
    ['p99 at 200/s, ms', (name) => latency200[name].p99],
    ['p50 at a quarter of saturation, ms', (name) => latencyQuarter[name].p50],
    ['p99 at a quarter of saturation, ms', (name) => latencyQuarter[name].p99],
  ];
  const measured = rows.filter(([, of]) => CONTESTANTS.some((name) => of(name) !== null));
  return tableOf(['', ...CONTESTANTS], measured.map(([title, of]) => [title, ...CONTESTANTS.map((name) => shown(of(name)))]));
}

function ledgerTable({ figures, ratios, details }: BenchPaper): string {
  const rows = Object.entries(figures.ledger).map(([size, { throughput, searchP99Ms, timelineP99Ms, bytesPerTransfer }]) =>
    [size, shown(throughput), shown(ratios.ledgerToBare[size] ?? null), String(searchP99Ms), String(timelineP99Ms), String(bytesPerTransfer)]);
  const empty = details.ledger.find(({ size }) => size === 'empty');
  const first = empty === undefined ? [] : [['empty', shown(spreadOf(empty.throughput)), shown(ratios.ledgerToBare['empty'] ?? null), '', '', '']];
  return tableOf(['transfers in the ledger', 'transfers/s', 'bridge / bare', 'slowest search p99, ms', 'timeline p99, ms', 'bytes per transfer'], [...first, ...rows]);
}

function tableOf(head: readonly string[], rows: readonly string[][]): string {
  if (rows.length === 0) return '';
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  table.push(...rows);
  return table.toString();
}

function replayLine(replay: BenchPaper['figures']['replay']): string {
  if (replay === null) return '';
  const { replayed, seconds, sentTwice, skipped, liveP99IdleMs, liveP99DuringMs, maxRssMiB } = replay;
  return `replay: ${replayed} in ${seconds} s, ${sentTwice} sent twice, ${skipped} skipped; p99 of live cases ${liveP99IdleMs} ms before, ${liveP99DuringMs} ms meanwhile; at most ${maxRssMiB} MiB`;
}

function line(title: string, figure: Figure): string {
  return figure === null ? '' : `${title}: ${shown(figure)}`;
}

function shown(figure: Figure): string {
  return figure === null ? '–' : `${figure.median} (${figure.min} – ${figure.max})`;
}
