import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import { isLedgerClash } from '../ledger/ledger-error.ts';
import type { LedgerTables } from '../ledger/tables.ts';

/** A read-only view of the ledger at one moment. */
export type Reading = Transaction<LedgerTables>;

const STATEMENT_TIMEOUT = sql`set local statement_timeout = '5s'`;
/** How often a command is begun anew because it clashed, and how long it waits at most before the first time (ms; doubled each time). */
const MOST_CLASHES = 5;
const CLASH_MS = 20;

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

  /**
   * What one command changes, committed together with its record or not at all. It may be told to wait for rows as long as for any statement.
   * When it clashed with another transaction and PostgreSQL gave this one up, `act` is called once more, a bounded number of times: it must do
   * nothing outside of its transaction.
   */
  async write<T>(act: (trx: Transaction<LedgerTables>) => Promise<T>): Promise<T> {
    for (let clashes = 0; ; clashes += 1) {
      try {
        return await this.writeOnce(act);
      } catch (error) {
        if (!isLedgerClash(error) || clashes === MOST_CLASHES) throw error;
      }
      // At random: those who clashed must not come back together.
      await sleep(CLASH_MS * 2 ** clashes * Math.random());
    }
  }

  private writeOnce<T>(act: (trx: Transaction<LedgerTables>) => Promise<T>): Promise<T> {
    return this.db.transaction().setIsolationLevel('read committed').execute(async (trx) => {
      await STATEMENT_TIMEOUT.execute(trx);
      return act(trx);
    });
  }
}
