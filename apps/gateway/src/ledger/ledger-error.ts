/**
 * SQLSTATE classes that say nothing about the work and everything about the server: connection (08), out of resources (53),
 * told to go (57), failed system (58). 25006 is a server that has become a standby.
 */
const AWAY_STATES = /^(?:08|53|57|58)|^25006$/;
const AWAY_SYSTEM_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH']);
/** What `pg` says, without a code, when the connection is gone or none could be had in time. */
const AWAY_WORDS = /connection terminated|timeout exceeded when trying to connect|connection error|not queryable|query read timeout/i;
/** Two transactions stood in each other's way; one of them has only to come again. */
const CLASH_STATES = new Set(['40P01', '40001', '55P03']);

/** Whether PostgreSQL could not be used just now: nothing is wrong with the work, it is done again later. */
export function isLedgerAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isLedgerAway);
  const code = codeOf(error);
  if (code === null) return error instanceof Error && AWAY_WORDS.test(error.message);
  // 57014 is our own statement time-out: the statement is too slow, the server is there.
  return AWAY_SYSTEM_CODES.has(code) || (AWAY_STATES.test(code) && code !== '57014');
}

/** Whether two transactions clashed and this one was given up. */
export function isLedgerClash(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && CLASH_STATES.has(code);
}

/** What went wrong, for logs and dead letters. A database's own words can quote values, so only its code and constraint are kept. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code = codeOf(error);
  if (code === null) return error instanceof SyntaxError ? error.name : `${error.name}: ${error.message}`.slice(0, 200);
  const constraint = 'constraint' in error && typeof error.constraint === 'string' ? ` ${error.constraint}` : '';
  return `${error.name} ${code}${constraint}`;
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
