import { ConfigError } from '#runtime';
import type { ConfigProblem } from '#runtime';
import type { GatewayConfig } from '../gateway.config.ts';

/** Whom to call on one side (联系人). */
export interface Contact {
  readonly name: string;
  readonly phone: string;
  readonly org: string;
}

/** `ours`, `centre`, `hall:410204`. */
export type Side = 'ours' | 'centre' | `hall:${string}`;

const SETTING = 'CONTACTS';
const EVERY_HALL = 'hall:*';
const SIDE = /^(?:ours|centre|hall:\*|hall:\d{6})$/;
const PARTS = ['name', 'phone', 'org'] as const;
const LONGEST = 100;

/** Who answers for each side: a hall's own line, then that of every hall. */
export class Contacts {
  private readonly lines: ReadonlyMap<string, Contact>;

  constructor(lines: ReadonlyMap<string, Contact> = new Map()) {
    this.lines = lines;
  }

  /** @throws ConfigError naming every line of CONTACTS that cannot be used */
  static fromConfig({ contacts: text }: Pick<GatewayConfig, 'contacts'>): Contacts {
    if (text === undefined) return new Contacts();
    const lines = Object.entries(parseObject(text));
    const problems = lines.flatMap(([side, contact]) => problemsOf(side, contact));
    if (problems.length > 0) throw new ConfigError(problems);
    return new Contacts(new Map(lines as [string, Contact][]));
  }

  of(side: Side): Contact | null {
    return this.lines.get(side) ?? (side.startsWith('hall:') ? this.lines.get(EVERY_HALL) : undefined) ?? null;
  }
}

function problemsOf(side: string, contact: unknown): ConfigProblem[] {
  const field = `${SETTING}: ${side.slice(0, 40)}`;
  if (!SIDE.test(side)) return [{ field, given: 'a contact', allowed: 'ours, centre, hall:* or hall:<hall code>' }];
  const parts = typeof contact === 'object' && contact !== null ? contact as Record<string, unknown> : {};
  const wrong = PARTS.filter((part) => !isLine(parts[part]));
  // A phone number has no place in a log.
  return wrong.map((part) => ({ field: `${field}.${part}`, given: 'not shown', allowed: `text of 1 to ${LONGEST} characters` }));
}

function isLine(text: unknown): boolean {
  return typeof text === 'string' && text.trim() !== '' && text.length <= LONGEST && !/\p{Cc}/u.test(text);
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  } catch {
    // Said below, without the parser's words: they quote the text.
  }
  throw new ConfigError([{ field: SETTING, given: 'text that is no JSON object', allowed: 'a JSON object: {"centre": {"name": …, "phone": …, "org": …}}' }]);
}
