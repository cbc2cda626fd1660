import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#runtime';
import type { Kysely } from 'kysely';
import { isLedgerLocked, reasonOf } from './ledger-error.ts';
import { migrateLedger } from './migrate-ledger.ts';
import { ledgerOver, openPool } from './open-ledger.ts';
import type { LedgerTables } from './tables.ts';

/** How patiently the ledger is brought up to date. */
export interface UpdatePatience {
  /** Milliseconds to stand in line for a table: whoever wants the table meanwhile stands behind. */
  readonly lockMs: number;
  readonly betweenMs: number;
  readonly tries: number;
}

/** About an hour: another gateway may be building the indexes of a large ledger. */
const PATIENCE: UpdatePatience = { lockMs: 10_000, betweenMs: 2_000, tries: 300 };

/**
 * Brings the ledger to the newest shape, over a connection of its own: an index of millions of rows takes longer than any statement of the daily
 * work may. Says which migrations ran. Throws what the database said; nothing is then changed.
 */
export async function updateLedger(url: string, logger: Logger, patience: UpdatePatience = PATIENCE): Promise<string[]> {
  const db = openForUpdate(url, logger, patience.lockMs);
  try {
    for (let tries = 1; ; tries += 1) {
      const ran = await tried(db, tries < patience.tries, logger);
      if (ran !== null) return ran;
      await sleep(patience.betweenMs);
    }
  } finally {
    await db.destroy();
  }
}

/** One connection that waits for locks only so long, and for its own statements as long as they take. */
export function openForUpdate(url: string, logger: Logger, lockMs: number): Kysely<LedgerTables> {
  return ledgerOver(openPool({
    url, poolSize: 1, statementTimeoutMs: null, lockTimeoutMs: lockMs,
    onConnectionLost: (error) => logger.warn({ event: 'ledger-connection-lost', reason: reasonOf(error) }, 'PostgreSQL closed the connection that brings the ledger up to date'),
  }));
}

/** Null when somebody holds what it needs and it may be tried again. */
async function tried(db: Kysely<LedgerTables>, again: boolean, logger: Logger): Promise<string[] | null> {
  try {
    return await migrateLedger(db);
  } catch (error) {
    if (!again || !isLedgerLocked(error)) throw error;
    logger.warn({ event: 'ledger-update-waits' }, 'somebody holds a table of the ledger, or another gateway is bringing it up to date; trying again');
    return null;
  }
}
