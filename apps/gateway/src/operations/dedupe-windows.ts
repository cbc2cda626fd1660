import type { Destination } from '#contracts';
import { ConfigError } from '#runtime';
import type { ConfigProblem } from '#runtime';
import type { GatewayConfig } from '../gateway.config.ts';

const SETTING = 'RECEIVER_DEDUPE_WINDOWS';
const EVERY_HALL = 'hall:*';
const DESTINATION = /^(?:centre|hall:\*|hall:\d{6,12})$/;
const MOST_MS = 10 * 365 * 86_400_000;

/** How long each receiver recognises a repetition by its Idempotency-Key: its own line, then that of every hall; without one, for ever. */
export class DedupeWindows {
  private readonly lines: ReadonlyMap<string, number>;

  constructor(lines: ReadonlyMap<string, number> = new Map()) {
    this.lines = lines;
  }

  /** @throws ConfigError naming every line of RECEIVER_DEDUPE_WINDOWS that cannot be used */
  static fromConfig({ receiverDedupeWindows: text }: GatewayConfig): DedupeWindows {
    if (text === undefined) return new DedupeWindows();
    const lines = Object.entries(parseObject(text));
    const problems = lines.flatMap(([destination, ms]) => problemOf(destination, ms) ?? []);
    if (problems.length > 0) throw new ConfigError(problems);
    return new DedupeWindows(new Map(lines as [string, number][]));
  }

  /** Milliseconds; null: for ever. */
  of(destination: Destination): number | null {
    return this.lines.get(destination) ?? (destination === 'centre' ? null : this.lines.get(EVERY_HALL) ?? null);
  }
}

function problemOf(destination: string, ms: unknown): ConfigProblem | null {
  const given = JSON.stringify(ms).slice(0, 80);
  if (!DESTINATION.test(destination)) return { field: `${SETTING}: ${destination.slice(0, 40)}`, given, allowed: 'centre, hall:* or hall:<hall code>' };
  if (Number.isInteger(ms) && Number(ms) >= 1_000 && Number(ms) <= MOST_MS) return null;
  return { field: `${SETTING}: ${destination}`, given, allowed: `milliseconds, a whole number from 1000 to ${MOST_MS}` };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  } catch {
    // Said below, without the parser's words: they quote the text.
  }
  throw new ConfigError([{ field: SETTING, given: 'text that is no JSON object', allowed: 'a JSON object' }]);
}
