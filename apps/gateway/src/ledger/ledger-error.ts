/**
 * SQLSTATE classes that say nothing about the work and everything about the server: connection (08), out of resources (53),
 * told to go (57), failed system (58). 25006 is a server that has become a standby.
 */
const AWAY_STATES = /^(?:08|53|57|58)|^25006$/;
const AWAY_SYSTEM_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH']);
const LOCKED_STATE = '55P03';
/** A statement was stopped (57014) or could not have its lock in time: the server is slow, or somebody holds its tables. */
const SLOW_STATES = new Set(['57014', LOCKED_STATE]);
/** What `pg` says, without a code, when the connection is gone or none could be had in time. */
const AWAY_WORDS = /connection terminated|timeout exceeded when trying to connect|connection error|not queryable|query read timeout/i;
/** A prepared statement does not fit the tables any more; nothing but a new connection prepares it anew. */
export const OUTDATED_STATE = '0A000';
/** Two transactions stood in each other's way, or a table was changed under a prepared statement: the work has only to come again. */
const CLASH_STATES = new Set(['40P01', '40001', OUTDATED_STATE]);

/** Whether PostgreSQL could not be used just now: nothing is wrong with the work, it is done again later. */
export function isLedgerAway(error: unknown): boolean {
  const { code, message, errors } = partsOf(error);
  if (errors.length > 0) return errors.every(isLedgerAway);
  if (code === null) return AWAY_WORDS.test(message);
  return AWAY_SYSTEM_CODES.has(code) || AWAY_STATES.test(code) || SLOW_STATES.has(code);
}

/** Whether PostgreSQL was there but took too long: less work at once may still get through. */
export function isLedgerSlow(error: unknown): boolean {
  return SLOW_STATES.has(partsOf(error).code ?? '');
}

/** Whether a lock could not be had in time. */
export function isLedgerLocked(error: unknown): boolean {
  return partsOf(error).code === LOCKED_STATE;
}

/** Whether two transactions clashed and this one was given up, or a table was changed under it. */
export function isLedgerClash(error: unknown): boolean {
  return CLASH_STATES.has(partsOf(error).code ?? '');
}

/** What went wrong, for logs and dead letters. A database's own words can quote values, so only its code and constraint are kept. */
export function reasonOf(error: unknown): string {
  const { name, code, message, constraint } = partsOf(error);
  if (code !== null) return [name, code, constraint].filter((part) => part !== '').join(' ');
  return name === 'SyntaxError' ? name : `${name}: ${message}`.slice(0, 200);
}

interface ErrorParts {
  readonly name: string;
  readonly code: string | null;
  readonly message: string;
  readonly constraint: string;
  /** What an AggregateError gathers: one error for each address that was tried. */
  readonly errors: readonly unknown[];
}

function partsOf(error: unknown): ErrorParts {
  const fields = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  return {
    name: text('name') || 'unknown error', code: text('code') || null, message: text('message'), constraint: text('constraint'),
    errors: Array.isArray(fields['errors']) ? fields['errors'] : [],
  };
}
