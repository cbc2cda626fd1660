import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { PreparedClient } from './prepared-client.ts';
import type { LedgerTables } from './tables.ts';

/** How the gateway holds its ledger. */
export interface LedgerOptions {
  readonly url: string;
  /** Connections held at most; every consumer and clock uses one at a time. */
  readonly poolSize: number;
  /** Milliseconds a single statement may take before the server stops it; `null`: as long as it takes. */
  readonly statementTimeoutMs: number | null;
  /** Milliseconds to wait for a lock; without it as long as the statement may take. */
  readonly lockTimeoutMs?: number;
  /** Called when a connection breaks, more than once for an idle one; the pool replaces it by itself. */
  readonly onConnectionLost: (error: Error) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 30_000;
/** A handler that died inside a transaction must not keep its cases locked. */
const IDLE_IN_TRANSACTION_MS = 30_000;

/** PostgreSQL would compile what it takes for dear, of a large ledger nearly everything that operators ask: half a second for what is answered in milliseconds. */
const NEVER_COMPILED = '-c jit=off';

/** The types of one pool: bigint columns are counters far below 2^53 and read as numbers. */
function ledgerTypes(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  return types;
}

/** Opens the ledger; connections are made when first needed, so this neither waits nor fails. Close with `destroy()`. */
export function openLedger(options: LedgerOptions): Kysely<LedgerTables> {
  return ledgerOver(openPool(options));
}

/** The ledger over a pool of connections, which it closes in the end. */
export function ledgerOver(pool: pg.Pool): Kysely<LedgerTables> {
  const connect = async (): Promise<PreparedClient> => new PreparedClient(await pool.connect());
  return new Kysely<LedgerTables>({ dialect: new PostgresDialect({ pool: { connect, end: () => pool.end(), options: pool.options } }) });
}

/** The connections of a ledger, as every one of them has to be. */
export function openPool(options: LedgerOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    application_name: 'jiujin-gateway',
    options: NEVER_COMPILED,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    ...(options.statementTimeoutMs !== null && { statement_timeout: options.statementTimeoutMs, query_timeout: options.statementTimeoutMs + CONNECT_TIMEOUT_MS }),
    ...(options.lockTimeoutMs !== undefined && { lock_timeout: options.lockTimeoutMs }),
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    types: ledgerTypes(),
    keepAlive: true,
    pipeline: true,
  });
  pool.on('error', options.onConnectionLost);
  // The pool listens to idle connections only. One that breaks in the middle of a transaction would end the process; its work fails anyway.
  pool.on('connect', (client) => { client.on('error', options.onConnectionLost); });
  return pool;
}
