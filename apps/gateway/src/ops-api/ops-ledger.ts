import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import type { LedgerTables } from '../ledger/tables.ts';

/** A read-only view of the ledger at one moment. */
export type Reading = Transaction<LedgerTables>;

const STATEMENT_TIMEOUT = sql`set local statement_timeout = '5s'`;

/**
 * How the ops API sees the ledger. The statements of one answer share one read-only snapshot: an answer never mixes two moments, and
 * nothing that only asks can write. The pool is its own, and a statement gets five seconds: the database works for the messages first.
 */
export class OpsLedger {
  private readonly db: Kysely<LedgerTables>;

  constructor(db: Kysely<LedgerTables>) {
    this.db = db;
  }

  read<T>(ask: (trx: Reading) => Promise<T>): Promise<T> {
    return this.db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(async (trx) => {
      await STATEMENT_TIMEOUT.execute(trx);
      return ask(trx);
    });
  }

  /** What one command changes, committed together with its record or not at all. It may be told to wait for rows as long as for any statement. */
  write<T>(act: (trx: Transaction<LedgerTables>) => Promise<T>): Promise<T> {
    return this.db.transaction().setIsolationLevel('read committed').execute(async (trx) => {
      await STATEMENT_TIMEOUT.execute(trx);
      return act(trx);
    });
  }
}
