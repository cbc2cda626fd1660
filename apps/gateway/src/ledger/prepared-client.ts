import type { Duplex } from 'node:stream';
import type { PostgresPoolClient } from 'kysely';
import type pg from 'pg';
import { OUTDATED_STATE } from './ledger-error.ts';

/** Begins a statement that the server is to parse and plan once in the life of a connection. Kysely hands on a text and its values only, so the text says it. */
export const PREPARED = '/* prepared */ ';

/** All columns: the answer has another shape when a column is added, and a prepared statement may not change that. */
const ALL_COLUMNS = /(?:\.|\bselect |\breturning )\*/i;
/** The texts of the batches are constant, so there are a few dozen of them; more would be a mistake, and fill the server's memory. */
const MOST_STATEMENTS = 100;
/** What ends a transaction that failed. When not even that gets through, the next user must not find the connection inside of it. */
export const ROLLBACK = 'rollback';

const NAMES = new Map<string, string>();

/** A connection of the pool as Kysely wants it, with the statements that begin with {@link PREPARED} prepared. One that may be in a bad state is thrown away. */
export class PreparedClient implements PostgresPoolClient {
  private readonly client: pg.PoolClient;
  private spoilt = false;

  constructor(client: pg.PoolClient) {
    this.client = client;
  }

  get processID(): number {
    return (this.client as unknown as { readonly processID: number }).processID;
  }

  /** Statements sent while others are under way follow at once, and the server takes them in this order: the connections are pipelined. */
  query = (async (text: string, values: unknown[]): Promise<unknown> => {
    const name = nameOf(text);
    this.gather();
    try {
      return await this.client.query(name === undefined ? { text, values } : { text, values, name });
    } catch (error) {
      if (text === ROLLBACK || (error as { readonly code?: unknown }).code === OUTDATED_STATE) this.spoilt = true;
      throw error;
    }
  }) as PostgresPoolClient['query'];

  /** What is sent in one turn leaves as one packet: to the kernel each costs as much as the statement in it. */
  private gather(): void {
    const { stream } = (this.client as unknown as { readonly connection: { readonly stream: Duplex } }).connection;
    if (stream.writableCorked > 0) return;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }

  release(destroy = false): void {
    this.client.release(destroy || this.spoilt);
  }
}

function nameOf(text: string): string | undefined {
  if (!text.startsWith(PREPARED)) return undefined;
  const known = NAMES.get(text);
  if (known !== undefined || NAMES.size >= MOST_STATEMENTS || ALL_COLUMNS.test(text)) return known;
  const name = `ledger_${NAMES.size}`;
  NAMES.set(text, name);
  return name;
}
