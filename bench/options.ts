import { parseArgs } from 'node:util';

export const MEASURES = ['cold', 'single', 'batch', 'both', 'latency', 'drain', 'restart', 'replay', 'stages', 'ledger'] as const;
export type Measure = (typeof MEASURES)[number];

/** How much is measured, and where. */
export interface BenchOptions {
  readonly json: boolean;
  readonly quick: boolean;
  readonly help: boolean;
  /** In the order in which they run. */
  readonly only: readonly Measure[];
  readonly rounds: number;
  /** Events of one round of a throughput. */
  readonly count: number;
  /** How long a rate is kept up, in seconds. */
  readonly latencySeconds: number;
  /** Messages that wait for the centre when it comes back; transfers that one operation replays. */
  readonly backlog: number;
  /** Transfers in the ledger at which it is measured, growing. */
  readonly sizes: readonly number[];
  readonly profile: string;
}

export const HELP = `npm run bench -- [options]      measure the bridge beside a bare pipeline and a stock template, interleaved in one run

  --quick          fewer and shorter rounds, nothing over 100k (four to five and a half minutes)
  --only NAMES     some of: ${MEASURES.join(', ')} (separated by commas)
  --rounds N       rounds of each measure (default 5, quick 2)
  --count N        events of a throughput round (default 5000, quick 700)
  --backlog N      messages that wait for the centre, and transfers that are replayed (default 100k, quick 1500)
  --sizes LIST     transfers in the ledger, such as 10k,100k,1M (default up to 10M, quick up to 100k; what the disk has no room for is left out)
  --profile NAME   servers and data of their own, in .jiujin/NAME/ (default bench)
  --json           the last line of stdout is one JSON object
  --help           this text`;

const USUAL = { rounds: '5', count: '5k', latencySeconds: 15, backlog: '100k', sizes: '10k,100k,1M,10M', profile: 'bench' };
const QUICK: typeof USUAL = { ...USUAL, rounds: '2', count: '700', latencySeconds: 2, backlog: '1500', sizes: '10k,100k' };
const LETTERS: Readonly<Record<string, number>> = { '': 1, k: 1_000, M: 1_000_000 };
const MOST = 100_000_000;

/** Says what was wrong on the command line and what is allowed. */
export class BenchOptionError extends Error {
  override readonly name = 'BenchOptionError';
}

/** @throws BenchOptionError */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { json, quick, help, ...given } = parse(args);
  const values = { ...(quick ? QUICK : USUAL), ...given };
  const asked = values.only?.split(',').map(measureOf);
  return {
    json, quick, help,
    only: MEASURES.filter((measure) => asked?.includes(measure) ?? true),
    rounds: amountOf('--rounds', values.rounds, 100),
    count: amountOf('--count', values.count),
    latencySeconds: values.latencySeconds,
    backlog: amountOf('--backlog', values.backlog),
    sizes: values.sizes.split(',').map((size) => amountOf('--sizes', size)).sort((a, b) => a - b),
    profile: values.profile,
  };
}

/** How a size is written: 10k, 1M. */
export function sizeName(size: number): string {
  if (size >= 1_000_000 && size % 100_000 === 0) return `${size / 1_000_000}M`;
  return size >= 1_000 && size % 100 === 0 ? `${size / 1_000}k` : String(size);
}

interface Values {
  readonly json: boolean;
  readonly quick: boolean;
  readonly help: boolean;
  readonly only?: string;
  readonly rounds?: string;
  readonly count?: string;
  readonly backlog?: string;
  readonly sizes?: string;
  readonly profile?: string;
}

function parse(args: readonly string[]): Values {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args], options: { json: flag, quick: flag, help: flag, only: text, rounds: text, count: text, backlog: text, sizes: text, profile: text },
    }).values;
  } catch (error) {
    throw new BenchOptionError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

function measureOf(name: string): Measure {
  const measure = MEASURES.find((one) => one === name.trim());
  if (measure === undefined) throw new BenchOptionError(`--only ${name}: allowed are ${MEASURES.join(', ')}`);
  return measure;
}

function amountOf(option: string, given: string, most = MOST): number {
  const { number, letter = '' } = /^(?<number>\d+(?:\.\d+)?)(?<letter>[kM]?)$/.exec(given.trim())?.groups ?? {};
  const amount = Number(number) * (LETTERS[letter] ?? Number.NaN);
  if (!Number.isInteger(amount) || amount < 1 || amount > most) throw new BenchOptionError(`${option} ${given}: a whole number from 1 to ${most} is allowed, such as 500, 10k or 1.5M`);
  return amount;
}
