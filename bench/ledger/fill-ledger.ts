import pg from 'pg';
import { CLONED_TABLES, cloneStatement, type Column } from './clone-columns.ts';
import { shedIndexes } from './shed-indexes.ts';
import type { Samples } from './sample-cases.ts';
import { sealMade } from './seal-made.ts';

/** Cases made in one transaction; rows of a stage lie together within so many. */
const CHUNK = 2_000;
/** From one case to the next: two million cases make two years. */
export const CADENCE_SECONDS = 30;
/** With fewer to come, keeping the indexes up is quicker than making them anew. */
const WORTH_SHEDDING = 300_000;

/** Where the made cases begin in time, and who of their applicants can be searched for. */
export interface FillPlan {
  readonly samples: Samples;
  readonly began: Date;
  /** Blind indexes. */
  readonly known: readonly string[];
}

/** When case 0 must come so that the last of so many transfers is in the past. */
export function beginningFor(transfers: number, samples: Samples, now: Date): Date {
  const cases = Math.ceil(transfers / samples.transfersPerCase) + (samples.eventsEach + 1) * CHUNK;
  return new Date(now.getTime() - cases * CADENCE_SECONDS * 1000);
}

/**
 * Makes cases until the ledger has so many transfers, beginning with the number `from`; gives the number after the last.
 * The bridge must not run meanwhile: for a large step the ledger is without its indexes.
 */
export async function fillLedger(database: string, plan: FillPlan, from: number, transfers: number, say: (line: string) => void): Promise<number> {
  const db = new pg.Client({ connectionString: database });
  await db.connect();
  try {
    await db.query('set synchronous_commit = off');
    await db.query(`set maintenance_work_mem = '512MB'`);
    const missing = transfers - await countTransfers(db);
    if (missing <= 0) return from;
    const restore = missing > WORTH_SHEDDING ? await shedIndexes(db) : () => Promise.resolve();
    const end = from + Math.ceil(missing / plan.samples.transfersPerCase);
    await makeCases(db, plan, from, end, say);
    await restore();
    await db.query(`select setval(pg_get_serial_sequence('events', 'seq'), (select max(seq) from events)), setval(pg_get_serial_sequence('attempts', 'seq'), (select max(seq) from attempts))`);
    await sealMade(db);
    await db.query('vacuum (analyze)');
    await db.query('checkpoint');
    return end;
  } finally {
    await db.end();
  }
}

/** Bytes of all tables with their indexes, by transfer. */
export async function bytesPerTransfer(database: string): Promise<number> {
  const db = new pg.Client({ connectionString: database });
  await db.connect();
  try {
    const { rows: [size] } = await db.query<{ bytes: string }>(`
      select sum(pg_total_relation_size(c.oid)) as bytes from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind = 'r'`);
    return Math.round(Number(size?.bytes) / await countTransfers(db));
  } finally {
    await db.end();
  }
}

async function makeCases(db: pg.Client, { samples, began, known }: FillPlan, from: number, end: number, say: (line: string) => void): Promise<void> {
  const statements = [];
  for (const table of CLONED_TABLES) statements.push({ name: `clone ${table}`, text: cloneStatement(table, await columnsOf(db, table)) });
  // After all there is, wherever this filling begins.
  const begins = [await nextSeq(db, 'events') - from * samples.eventsEach, await nextSeq(db, 'attempts') - from * samples.attemptsEach];
  let saidAt = performance.now();
  for (let first = from; first < end; first += CHUNK) {
    const last = Math.min(first + CHUNK, end) - 1;
    const values = [first, last, samples.count, samples.eventsEach, samples.attemptsEach, began.toISOString(), CADENCE_SECONDS, known, ...begins];
    await db.query('begin');
    for (const statement of statements) await db.query({ ...statement, values });
    await db.query('commit');
    if (performance.now() - saidAt < 30_000) continue;
    saidAt = performance.now();
    say(`  ${last + 1 - from} of ${end - from} cases are made`);
  }
}

async function nextSeq(db: pg.Client, table: 'events' | 'attempts'): Promise<number> {
  const { rows: [row] } = await db.query<{ next: string }>(`select coalesce(max(seq), 0) + 1 as next from ${table}`);
  return Number(row?.next);
}

async function columnsOf(db: pg.Client, table: string): Promise<Column[]> {
  const { rows } = await db.query<Column>(`
    select column_name as name, data_type as type from information_schema.columns
    where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER' order by ordinal_position`, [table]);
  return rows;
}

async function countTransfers(db: pg.Client): Promise<number> {
  const { rows: [row] } = await db.query<{ count: string }>('select count(*) as count from transfers');
  return Number(row?.count);
}
