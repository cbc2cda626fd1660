import { CONTESTANTS, type ContestantName } from './contestants/contestant.ts';
import { machineLine } from './machine.ts';
import type { BenchPaper } from './report.ts';
import type { Spread } from './statistics.ts';

const COLOURS: Readonly<Record<ContestantName, string>> = { bridge: '#1f6feb', bare: '#8b949e', template: '#d29922' };
const WIDTH = 640;
const BAR = 22;
const LEFT = 180;
const RIGHT = 130;
const FOOT = 26;

interface Bar {
  readonly name: string;
  readonly colour: string;
  readonly value: Spread;
}

interface Group {
  readonly title: string;
  readonly bars: readonly Bar[];
}

/** The charts of a run, by file name; one of which nothing was measured is not made. */
export function chartsOf(paper: BenchPaper): Record<string, string> {
  const { figures: { single, batch, both, latency200, latencyQuarter, ledger }, at, machine, options } = paper;
  const foot = `${at.slice(0, 10)}, ${options.rounds} rounds, ${machineLine(machine)}`;
  const sizes = Object.entries(ledger);
  const groups: Record<string, [string, Group[]]> = {
    throughput: ['Transfers per second (more is better)', [
      { title: 'single events', bars: barsOf((name) => single[name]) },
      { title: 'batches of 100', bars: barsOf((name) => batch[name]) },
      { title: 'both directions', bars: barsOf((name) => both[name]) },
    ]],
    latency: ['Milliseconds from request to delivery (less is better)', [
      { title: 'p50 at 200/s', bars: barsOf((name) => latency200[name].p50) },
      { title: 'p99 at 200/s', bars: barsOf((name) => latency200[name].p99) },
      { title: 'p50 at ¼ of saturation', bars: barsOf((name) => latencyQuarter[name].p50) },
      { title: 'p99 at ¼ of saturation', bars: barsOf((name) => latencyQuarter[name].p99) },
    ]],
    ledger: ['Bridge: transfers per second as the ledger grows (more is better)', sizes.map(([size, { throughput }]) =>
      ({ title: `${size} transfers`, bars: bar('bridge', COLOURS.bridge, throughput) }))],
    queries: ['Operators’ queries: p99 in ms as the ledger grows (less is better)', sizes.map(([size, { searchP99Ms, timelineP99Ms }]) => ({
      title: `${size} transfers`, bars: [...bar('slowest search', COLOURS.bridge, exactly(searchP99Ms)), ...bar('timeline', COLOURS.template, exactly(timelineP99Ms))],
    }))],
  };
  return Object.fromEntries(Object.entries(groups).flatMap(([name, [title, all]]) => {
    const shown = all.filter(({ bars }) => bars.length > 0);
    return shown.length === 0 ? [] : [[name, chart(title, shown, foot)]];
  }));
}

function barsOf(valueOf: (name: ContestantName) => Spread | null): Bar[] {
  return CONTESTANTS.flatMap((name) => bar(name, COLOURS[name], valueOf(name)));
}

function bar(name: string, colour: string, value: Spread | null): Bar[] {
  return value === null ? [] : [{ name, colour, value }];
}

function exactly(value: number): Spread {
  return { median: value, min: value, max: value };
}

function chart(title: string, groups: readonly Group[], foot: string): string {
  const scale = (WIDTH - LEFT - RIGHT) / Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value.max)));
  let y = 44;
  const body = groups.map(({ title: label, bars }) => {
    const rows = bars.map((one, index) => barOf(one, y + index * BAR, scale)).join('');
    const text = `<text x="12" y="${y + BAR * bars.length / 2 + 1}">${label}</text>`;
    y += BAR * bars.length + 18;
    return text + rows;
  });
  const height = y + FOOT - 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#ffffff"/><text x="12" y="24" font-size="15" font-weight="bold">${title}</text>`,
    ...body, `<text x="12" y="${height - 10}" font-size="10" fill="#57606a">${foot}</text>`, '</svg>\n',
  ].join('\n');
}

/** A bar as long as the median, with a line from the least to the most. */
function barOf({ name, colour, value }: Bar, y: number, scale: number): string {
  const middle = y + BAR / 2 - 2;
  return `<rect x="${LEFT}" y="${y}" width="${(value.median * scale).toFixed(1)}" height="${BAR - 5}" fill="${colour}"/>`
    + `<line x1="${(LEFT + value.min * scale).toFixed(1)}" x2="${(LEFT + value.max * scale).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="#24292f"/>`
    + `<text x="${(LEFT + value.max * scale + 6).toFixed(1)}" y="${middle + 4}">${name} ${value.median}</text>`;
}
