import type { Destination } from '#contracts';
import { ConfigError } from '#runtime';
import type { ConfigProblem } from '#runtime';
import type { GatewayConfig } from '../gateway.config.ts';
import type { RetryPolicy } from './judge-receipt.ts';

type Field = keyof RetryPolicy;

const SETTING = 'RETRY_SCHEDULES';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What each field may be; the same bounds as those of the general setting it stands in for. */
const BOUNDS: Readonly<Record<Field, readonly [least: number, most: number]>> = {
  baseMs: [1, HOUR_MS],
  capMs: [1, DAY_MS],
  maxAttempts: [1, 1000],
  technicalMaxAttempts: [1, 100],
  retryAfterCapMs: [0, 7 * DAY_MS],
};
const EVERY_HALL = 'hall:*';
const DESTINATION = /^(?:centre|hall:\*|hall:\d{6,12})$/;

/** How each destination is tried again: its own line, then that of every hall, then the general settings; each field by itself. */
export class RetrySchedules {
  private readonly general: RetryPolicy;
  private readonly lines: ReadonlyMap<string, Partial<RetryPolicy>>;
  private readonly known = new Map<Destination, RetryPolicy>();

  constructor(general: RetryPolicy, lines: ReadonlyMap<string, Partial<RetryPolicy>>) {
    this.general = general;
    this.lines = lines;
  }

  /** @throws ConfigError naming every field of RETRY_SCHEDULES that cannot be used */
  static fromConfig(config: GatewayConfig): RetrySchedules {
    const { retryBaseMs, retryCapMs, retryMaxAttempts, retryTechnicalMaxAttempts, retryAfterCapMs, retrySchedules } = config;
    const general = { baseMs: retryBaseMs, capMs: retryCapMs, maxAttempts: retryMaxAttempts, technicalMaxAttempts: retryTechnicalMaxAttempts, retryAfterCapMs };
    return new RetrySchedules(general, retrySchedules === undefined ? new Map() : parseLines(retrySchedules));
  }

  of(destination: Destination): RetryPolicy {
    const found = this.known.get(destination) ?? this.assemble(destination);
    this.known.set(destination, found);
    return found;
  }

  /** The longest that any transfer can be told to wait for its next attempt, in milliseconds. */
  get longestWaitMs(): number {
    const all = [this.general, ...[...this.lines.keys()].map((line) => this.assemble(line))];
    return Math.max(...all.map(({ capMs, retryAfterCapMs }) => capMs + retryAfterCapMs));
  }

  private assemble(destination: string): RetryPolicy {
    const everyHall = destination === 'centre' ? undefined : this.lines.get(EVERY_HALL);
    return { ...this.general, ...everyHall, ...this.lines.get(destination) };
  }
}

function parseLines(text: string): Map<string, Partial<RetryPolicy>> {
  const problems: ConfigProblem[] = [];
  const lines = new Map<string, Partial<RetryPolicy>>();
  for (const [destination, line] of Object.entries(parseObject(text))) {
    if (!DESTINATION.test(destination)) problems.push({ field: `${SETTING}.${destination}`, given: 'a name that is no destination', allowed: 'centre, hall:*, hall:<code>' });
    lines.set(destination, readLine(`${SETTING}.${destination}`, line, problems));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return lines;
}

function readLine(at: string, line: unknown, problems: ConfigProblem[]): Partial<RetryPolicy> {
  if (!isObject(line)) {
    problems.push({ field: at, given: show(line), allowed: 'a JSON object' });
    return {};
  }
  for (const [name, value] of Object.entries(line)) {
    const problem = problemOf(name, value);
    if (problem !== null) problems.push({ field: `${at}.${name}`, given: show(value), allowed: problem });
  }
  return line;
}

/** What would be allowed, when the value is not. */
function problemOf(name: string, value: unknown): string | null {
  if (!isField(name)) return `one of ${Object.keys(BOUNDS).join(', ')}`;
  const [least, most] = BOUNDS[name];
  const good = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
  return good ? null : `a whole number from ${least} to ${most}`;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isObject(parsed)) return parsed;
  } catch {
    // Said below, without the parser's words: they quote the text.
  }
  throw new ConfigError([{ field: SETTING, given: 'text that is no JSON object', allowed: 'a JSON object' }]);
}

function isField(name: string): name is Field {
  return Object.hasOwn(BOUNDS, name);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return JSON.stringify(value).slice(0, 80);
}
