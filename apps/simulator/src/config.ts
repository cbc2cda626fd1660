import { readKeysFile } from './signing/keys-file.ts';
import type { Keys } from './signing/keys-file.ts';

/** What both programs are told by their environment; the README says what each means. */
export interface SimulatorConfig {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly keys: Keys;
  readonly bridgeUrl: URL;
  readonly seed: number;
  readonly series: string | null;
  readonly schemasDir: string;
  readonly catalogueDir: string;
  readonly supplementRounds: number;
  readonly thinkMs: number;
  readonly concurrency: number;
  readonly maxOpenCases: number;
  readonly batch: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Every field that is wrong, one line each. */
export class ConfigError extends Error {
  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigError';
  }
}

/** Reads fields one by one and remembers every fault, so that the operator sees them all at once. */
class Reader {
  readonly faults: string[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  text(name: string, fallback?: string): string {
    const value = this.#env[name] ?? fallback;
    if (value === undefined || value === '') this.faults.push(`${name}: missing, and required`);
    return value ?? '';
  }

  whole(name: string, fallback: number, min: number, max: number): number {
    const given = this.#env[name] ?? String(fallback);
    const value = Number(given);
    if (!Number.isInteger(value) || value < min || value > max) this.faults.push(`${name}: ${given} given, a whole number from ${min} to ${max} allowed`);
    return value;
  }

  matching(name: string, pattern: RegExp): string | null {
    const given = this.#env[name];
    if (given !== undefined && !pattern.test(given)) this.faults.push(`${name}: ${given} given, ${pattern.source} allowed`);
    return given ?? null;
  }

  parsed<T>(name: string, parse: (text: string) => T): T | null {
    const given = this.text(name);
    if (given === '') return null;
    try {
      return parse(given);
    } catch (error) {
      this.faults.push(`${name}: ${given} given, ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }
}

/** @throws {@link ConfigError} naming every field that is wrong. */
export function readConfig(env: Environment, defaultPort: number): SimulatorConfig {
  const read = new Reader(env);
  const keys = read.parsed('KEYS_FILE', readKeysFile);
  const bridgeUrl = read.parsed('BRIDGE_URL', (text) => new URL(text));
  const rest = {
    port: read.whole('PORT', defaultPort, 0, 65_535),
    host: read.text('HOST', '127.0.0.1'),
    dataDir: read.text('DATA_DIR'),
    seed: read.whole('SEED', 1, 0, 999_999_999),
    series: read.matching('SERIES', /^[a-z0-9]{1,10}$/),
    schemasDir: read.text('SCHEMAS_DIR', 'libs/contracts/schemas'),
    catalogueDir: read.text('CATALOGUE_DIR', 'libs/contracts/data'),
    supplementRounds: read.whole('SUPPLEMENT_ROUNDS', 1, 1, 9),
    thinkMs: read.whole('THINK_MS', 5, 0, 60_000),
    concurrency: read.whole('CONCURRENCY', 64, 1, 1024),
    maxOpenCases: read.whole('MAX_OPEN_CASES', 2000, 1, 100_000),
    batch: read.whole('BATCH', 1, 1, 500),
  };
  if (keys === null || bridgeUrl === null || read.faults.length > 0) throw new ConfigError(read.faults);
  return { ...rest, keys, bridgeUrl };
}
