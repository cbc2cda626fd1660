import { CompiledQuery, DummyDriver, PostgresDialect, Transaction } from 'kysely';
import type { DatabaseConnection, Kysely, QueryResult } from 'kysely';
import { PREPARED, ROLLBACK } from './prepared-client.ts';
import type { LedgerTables } from './tables.ts';

/**
 * A plan is kept for as long as the connection lives, and may have been made while the ledger was all but empty: then reading a whole table looked
 * cheap. Everything that a batch asks for has an index.
 */
const BEGIN = 'begin; set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off';

/** Nothing is connected through it: the transaction has its connection already. */
const DIALECT = new PostgresDialect({ pool: () => Promise.reject(new Error('a transaction takes no second connection')) });

/**
 * A transaction in which statements go off without waiting for one another: `Promise.all([first(trx), second(trx)])` is one trip to the server, which
 * takes them in the order of the calls, each seeing what those before it did. When one fails, so do the ones behind it, with its error, and nothing is
 * committed. `work` writes nothing before it has had an answer: only then is the transaction known to have begun.
 */
export async function batchTransaction<T>(db: Kysely<LedgerTables>, work: (trx: Transaction<LedgerTables>) => Promise<T>): Promise<T> {
  return await db.getExecutor().provideConnection(async (connection) => {
    const batch = new BatchConnection(connection);
    try {
      const result = await work(batch.transaction(db));
      await batch.commit();
      return result;
    } catch (error) {
      batch.refuse(error);
      // What ended the work says more than what kept it from being undone; the connection is thrown away then.
      await connection.executeQuery(CompiledQuery.raw(ROLLBACK)).catch(() => undefined);
      throw error;
    }
  });
}

/** The connection for as long as the batch lasts. */
class BatchConnection implements DatabaseConnection {
  private readonly connection: DatabaseConnection;
  private readonly begun: Promise<unknown>;
  /** What failed first, a statement or the work. Nothing is sent behind it: the server would refuse it, or the transaction be over. */
  private failure: { readonly error: unknown } | null = null;

  constructor(connection: DatabaseConnection) {
    this.connection = connection;
    this.begun = connection.executeQuery(CompiledQuery.raw(BEGIN));
    // Whoever asks something first is told.
    this.begun.catch(() => undefined);
  }

  transaction(db: Kysely<LedgerTables>): Transaction<LedgerTables> {
    const executor = db.getExecutor().withConnectionProvider({ provideConnection: (consumer) => consumer(this) });
    return new Transaction<LedgerTables>({ config: { dialect: DIALECT }, dialect: DIALECT, driver: new DummyDriver(), executor });
  }

  /** Sends nothing more: what of the work still goes on would be outside of the transaction, perhaps inside of somebody else's. */
  refuse(error: unknown): void {
    this.failure ??= { error };
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.failure !== null) throw this.failure.error;
    try {
      const [, result] = await Promise.all([this.begun, this.connection.executeQuery<R>({ ...query, sql: `${PREPARED}${query.sql}` })]);
      return result;
    } catch (error) {
      this.failure ??= { error };
      throw this.failure.error;
    }
  }

  streamQuery(): never {
    throw new Error('a batch reads no stream');
  }

  /** The server calls it no error when it rolls back what it was asked to commit, because a statement failed for whose answer nobody waited. */
  async commit(): Promise<void> {
    const { rows: [answer] } = await this.connection.executeQuery<{ readonly command?: string }>(CompiledQuery.raw('commit'));
    if (answer?.command !== 'COMMIT') throw new Error('a statement of the batch failed, and nobody waited for its answer');
  }
}
