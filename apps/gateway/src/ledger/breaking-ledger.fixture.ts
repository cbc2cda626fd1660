import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { KeyRing } from '#runtime';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { ledgerOver, openPool } from './open-ledger.ts';
import type { LedgerTables } from './tables.ts';

/** When the connection breaks: before the statement leaves, or once the server has done it and before the answer is here. */
export type Moment = 'before' | 'after';

type Query = (statement: { readonly text: string }) => Promise<unknown>;

/** A real ledger whose connection breaks at one chosen statement: `begin` and `commit` count as any other. */
export class BreakingLedger {
  readonly db: Kysely<LedgerTables>;
  /** What was sent since the last {@link arm} or {@link watch}, in order; the statement that broke included. */
  readonly sent: string[] = [];
  private breakAt: { readonly nth: number; readonly moment: Moment } | null = null;
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = openPool({ url, poolSize: 4, statementTimeoutMs: 20_000, onConnectionLost: () => undefined });
    this.pool.on('connect', (client) => this.watchClient(client));
    this.db = ledgerOver(this.pool);
  }

  /** Only counts what is sent from now on. */
  watch(): void {
    this.sent.length = 0;
    this.breakAt = null;
  }

  /** The connection that carries the nth statement from now on (1 is the first) breaks at it, once. */
  arm(nth: number, moment: Moment): void {
    this.watch();
    this.breakAt = { nth, moment };
  }

  private watchClient(client: pg.PoolClient): void {
    const query = client.query.bind(client) as unknown as Query;
    const watched: Query = async (statement) => {
      this.sent.push(statement.text.trim());
      if (this.breakAt === null || this.sent.length !== this.breakAt.nth) return query(statement);
      const { moment } = this.breakAt;
      this.breakAt = null;
      if (moment === 'after') await query(statement);
      await cut(client);
      return query(statement);
    };
    Object.assign(client, { query: watched });
  }
}

/** The socket is gone, as when the server or the network dies; what the driver then says is its own. */
async function cut(client: pg.PoolClient): Promise<void> {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const ended = once(client, 'end');
  stream.destroy();
  await ended;
}

const TABLES = {
  events: 'e.seq', suppressed_duplicates: 'e.event_seq, e.door_at, e.seq', cases: 'e.project_no', transfers: 'e.project_no, e.ordinal',
  attempts: 'e.transfer_id, e.attempt', grants: 'e.grant_id', grant_items: 'e.grant_id, e.item_code', dead_letters: 'e.message_id, e.seq',
  door_refusals: 'e.refusal_id', edge_instances: 'e.instance', circuits: 'e.destination', circuit_changes: 'e.destination, e.seq',
  failure_groups: 'e.id', failure_hours: 'e.group_id, e.hour',
} as const;

export async function emptyLedger(db: Kysely<LedgerTables>): Promise<void> {
  // The tables stand in the order in which they refer to each other. To truncate them takes ten times as long when they are all but empty.
  for (const table of Object.keys(TABLES).reverse()) await sql.raw(`delete from ${table}`).execute(db);
}

/**
 * Every row of every table with all that a repetition may not change: sealed bytes opened, numbers that only count rows left out, and of
 * the times that the ledger takes by itself only whether they are there.
 */
export async function wholeLedger(db: Kysely<LedgerTables>, keys: KeyRing): Promise<Record<string, unknown[]>> {
  const tables = await Promise.all(Object.entries(TABLES).map(async ([table, order]) => {
    const { rows } = await sql.raw<Record<string, unknown>>(`select e.* from ${table} e order by ${order}`).execute(db);
    return [table, rows.map((row) => comparable(row, keys))] as const;
  }));
  return Object.fromEntries(tables);
}

const OWN_TIMES = new Set([
  'recorded_at', 'outcome_at', 'created_at', 'updated_at', 'dispatched_at', 'receipt_due_at', 'next_attempt_at', 'received_at', 'seen_at',
  'first_seen_at', 'last_seen_at', 'troubled_since', 'redis_trouble_since', 'failed_at', 'hour',
]);

function comparable(row: Record<string, unknown>, keys: KeyRing): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'seq' && name !== 'event_seq').map(([name, value]) => {
    if (name === 'sealed' && Buffer.isBuffer(value)) return [name, keys.open(Number(row['key_version']), value).toString('utf8')];
    return [name, OWN_TIMES.has(name) && value instanceof Date ? 'a time' : value];
  }));
}
