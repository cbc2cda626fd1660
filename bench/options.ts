import { parseArgs } from 'node:util';

export const MEASURES = ['single', 'batch', 'both', 'latency'] as const;
export type Measure = (typeof MEASURES)[number];

export interface BenchOptions {
  readonly json: boolean;
  readonly quick: boolean;
  readonly help: boolean;
  readonly only: readonly Measure[];
  readonly rounds: number;
}

export const HELP = `npm run bench -- [options]      measure the bridge beside a bare pipeline and a stock template, interleaved in one run

  --quick          fewer and shorter rounds (under 5 minutes)
  --only NAMES     some of: ${MEASURES.join(', ')} (separated by commas)
  --rounds N       rounds of each measure (default 5, quick 3)
  --json           the last line of stdout is one JSON object
  --help           this text`;

/** Says what was wrong on the command line and what is allowed. */
export class BenchOptionError extends Error {
  override readonly name = 'BenchOptionError';
}

/** @throws BenchOptionError */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const values = parse(args);
  const only = values.only === undefined ? [...MEASURES] : values.only.split(',').map(measureOf);
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 5));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) throw new BenchOptionError(`--rounds ${values.rounds}: a whole number from 1 to 100 is allowed`);
  return { json: values.json, quick: values.quick, help: values.help, only, rounds };
}

function parse(args: readonly string[]): { json: boolean; quick: boolean; help: boolean; only?: string | undefined; rounds?: string | undefined } {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ args: [...args], options: { json: flag, quick: flag, help: flag, only: { type: 'string' }, rounds: { type: 'string' } } }).values;
  } catch (error) {
    throw new BenchOptionError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

function measureOf(name: string): Measure {
  const measure = MEASURES.find((one) => one === name.trim());
  if (measure === undefined) throw new BenchOptionError(`--only ${name}: allowed are ${MEASURES.join(', ')}`);
  return measure;
}
