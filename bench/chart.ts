import { CONTESTANTS, type ContestantName } from './contestants/contestant.ts';
import type { Measured } from './measure-all.ts';
import { spreadOf, type Spread } from './statistics.ts';

const COLOURS: Readonly<Record<ContestantName, string>> = { bridge: '#1f6feb', bare: '#8b949e', template: '#d29922' };
const WIDTH = 640;
const BAR = 22;
const LEFT = 180;
const RIGHT = 130;

interface Group {
  readonly title: string;
  readonly bars: readonly { readonly name: ContestantName; readonly value: Spread }[];
}

/** The charts of a run, by file name. */
export function chartsOf({ throughput, latency }: Measured): Record<string, string> {
  const rates: Group[] = [
    { title: 'single events', bars: barsOf((name) => throughput.single[name]) },
    { title: 'batches of 100', bars: barsOf((name) => throughput.batch[name]) },
    { title: 'both directions', bars: barsOf((name) => throughput.both[name]) },
  ];
  const delays: Group[] = [
    { title: 'p50 at 200/s', bars: barsOf((name) => latency.latency200[name].map(({ p50 }) => p50)) },
    { title: 'p99 at 200/s', bars: barsOf((name) => latency.latency200[name].map(({ p99 }) => p99)) },
  ];
  return { throughput: chart('Transfers per second (more is better)', rates), latency: chart('Milliseconds end to end (less is better)', delays) };
}

function barsOf(valuesOf: (name: ContestantName) => readonly number[]): Group['bars'] {
  return CONTESTANTS.map((name) => ({ name, value: spreadOf(valuesOf(name)) })).filter(({ value }) => !Number.isNaN(value.median));
}

function chart(title: string, groups: readonly Group[]): string {
  const shown = groups.filter(({ bars }) => bars.length > 0);
  const scale = (WIDTH - LEFT - RIGHT) / Math.max(1, ...shown.flatMap(({ bars }) => bars.map(({ value }) => value.max)));
  let y = 44;
  const body = shown.map((group) => {
    const rows = group.bars.map((bar, index) => barOf(bar, y + index * BAR, scale)).join('');
    const label = `<text x="12" y="${y + BAR * group.bars.length / 2 + 4}">${group.title}</text>`;
    y += BAR * group.bars.length + 18;
    return label + rows;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#ffffff"/><text x="12" y="24" font-size="15" font-weight="bold">${title}</text>`,
    ...body, '</svg>\n',
  ].join('\n');
}

/** A bar as long as the median, with a line from the least to the most. */
function barOf({ name, value }: Group['bars'][number], y: number, scale: number): string {
  const middle = y + BAR / 2 - 2;
  return `<rect x="${LEFT}" y="${y}" width="${(value.median * scale).toFixed(1)}" height="${BAR - 5}" fill="${COLOURS[name]}"/>`
    + `<line x1="${(LEFT + value.min * scale).toFixed(1)}" x2="${(LEFT + value.max * scale).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="#24292f"/>`
    + `<text x="${(LEFT + value.max * scale + 6).toFixed(1)}" y="${middle + 4}">${name} ${value.median}</text>`;
}
