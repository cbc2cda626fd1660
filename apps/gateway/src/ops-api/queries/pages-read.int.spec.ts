import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { CompiledQuery } from 'kysely';
import { until, withDatabase } from '../../../../../test/support/index.ts';
import { migrateLedger } from '../../ledger/migrate-ledger.ts';
import { openPool } from '../../ledger/open-ledger.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import type { Reading } from '../ops-ledger.ts';
import { listCases } from './list-cases.ts';
import type { CaseFilter } from './list-cases.ts';
import { listTransfers } from './list-transfers.ts';
import type { TransferFilter } from './list-transfers.ts';
import { countCases } from './summary-cases.ts';
import { countTransfers, oldestUndelivered } from './summary-transfers.ts';

const CASES = 60_000;
/** Pages of 8 KiB. All cases and transfers lie on more than 4,000; a page of the list with 50 rows needs some hundreds. */
const FEW = 800;
const ROWS = 51;
const NOON = '2026-11-20T04:00:00Z';

const database = withDatabase();
const asked: CompiledQuery[] = [];
let db: Kysely<LedgerTables>;

beforeAll(async () => {
  const pool = openPool({ url: database.url, poolSize: 2, statementTimeoutMs: 60_000, onConnectionLost: () => undefined });
  db = new Kysely<LedgerTables>({ dialect: new PostgresDialect({ pool }), log: ({ query }) => { asked.push(query); } });
  await migrateLedger(db);
  await fill();
}, 120_000);
afterAll(() => db.destroy());

/** One case in a thousand is still open; the rest went their way without trouble. Nothing was given up, and nothing is without a transfer. */
async function fill(): Promise<void> {
  const open = sql`n % 1000 = 0`;
  const at = sql`${NOON}::timestamptz + n * interval '1 second'`;
  await sql`
    insert into cases (project_no, hall_code, item_code, item_name, status, paper_status, paper_due_at, project_type, applicant_masked, applicant_index,
      supplement_rounds, hall_version, centre_version, update_sequence, transfer_count, received_at, created_at, facts, sealed, key_version)
    select 'P-' || lpad(n::text, 9, '0'), '41020' || 2 + n % 4, 'ITEM-' || n % 28, 'item', case when ${open} then 'RECEIVED' else 'COMPLETED' end, 'IN_HALL', ${at}, '2', '测**', 'i' || n,
      0, 1, 1, 1, 2, ${at}, ${at}, '{}', decode(repeat('00', 200), 'hex'), 1
    from generate_series(1, ${CASES}) n`.execute(db);
  await sql`
    insert into events (source, event_id, type, party, order_key, project_no, data_version, occurred_at, door_at, digest, outcome, sealed, key_version, recorded_at)
    select '/halls/1', 'e' || n, 'case.received', 'hall:1', 'k', 'P-' || lpad(n::text, 9, '0'), 1, ${at}, ${at}, 'd', 'applied', '', 1, ${at}
    from generate_series(1, ${CASES}) n`.execute(db);
  await sql`
    insert into transfers (id, project_no, destination, kind, ordinal, event_seq, status, attempts, created_at, sealed, key_version)
    select 'tr_' || n || '_' || o, 'P-' || lpad(n::text, 9, '0'), case when o = 1 then 'centre' else 'hall:41020' || 2 + n % 4 end, case when o = 1 then 'open' else 'result' end, o, n,
      case when ${open} and o = 2 then 'failed' else 'delivered' end, 1, ${at}, decode(repeat('00', 200), 'hex'), 1
    from generate_series(1, ${CASES}) n, generate_series(1, 2) o`.execute(db);
  // An index alone can answer only for pages that are known to be visible to all; whoever still looks at a table keeps them from it.
  await until(async () => {
    await sql`vacuum analyze cases, transfers, events`.execute(db);
    const { rows } = await sql<{ visible: boolean }>`
      select bool_and(relallvisible >= relpages) as visible from pg_class where relname in ('cases', 'transfers', 'events')`.execute(db);
    return rows[0]?.visible;
  }, { within: 60_000, what: 'the tables vacuumed' });
}

/** Pages that the statements of a question read. */
async function pagesOf(question: (trx: Reading) => Promise<unknown>): Promise<number> {
  asked.length = 0;
  await question(db as unknown as Reading);
  const statements = [...asked];
  let pages = 0;
  for (const statement of statements) {
    const { rows } = await sql<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>`explain (analyze, buffers, format json) ${sql.raw(literally(statement))}`.execute(db);
    const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
    pages += (plan['Shared Hit Blocks'] ?? Infinity) + (plan['Shared Read Blocks'] ?? 0);
  }
  return pages;
}

/** With the parameters in their places: EXPLAIN takes none by itself. All of them are this file's own. */
function literally({ sql: text, parameters }: CompiledQuery): string {
  return text.replace(/\$(\d+)/g, (_, n: string) => {
    const value = parameters[Number(n) - 1];
    return typeof value === 'number' ? String(value) : `'${value instanceof Date ? value.toISOString() : String(value)}'`;
  });
}

describe('the pages that a question reads in a large ledger', () => {
  it.each<[string, CaseFilter]>([
    ['the newest', {}],
    ['of a hall and an item that it never has', { hall: '410202', item: 'ITEM-3' }],
    ['of a rare status', { status: 'RECEIVED' }],
    ['with a failed delivery', { deliveryStatus: 'FAILED' }],
    ['under way', { deliveryStatus: 'SENT' }],
    ['in a queue', { deliveryStatus: 'QUEUED' }],
    ['given up', { deliveryStatus: 'DEAD' }],
    ['without any delivery', { deliveryStatus: 'NONE' }],
    ['delivered', { deliveryStatus: 'ACKED' }],
    ['by a beginning that none has', { projectNoPrefix: 'Q-' }],
    ['by a beginning that all have', { projectNoPrefix: 'P-' }],
    ['of a person', { applicantIndexes: ['i77', 'nobody'] }],
  ])('are few for cases: %s', async (_, filter) => {
    expect(await pagesOf((trx) => listCases(trx, filter, null, ROWS))).toBeLessThan(FEW);
  });

  it.each<[string, TransferFilter]>([
    ['the newest', {}],
    ['failed', { status: 'failed' }],
    ['failed to a hall', { status: 'failed', destination: 'hall:410202' }],
    ['in flight', { status: 'in_flight' }],
    ['given up', { status: 'discarded' }],
    ['of a kind that none has', { kind: 'void' }],
    ['of a kind that its destination never gets', { kind: 'open', destination: 'hall:410202' }],
    ['with an error word that none has', { errorWord: 'technical' }],
    ['with an error code that none has', { errorCode: 'http-410' }],
    ['of a case', { projectNo: 'P-000000077' }],
  ])('are few for transfers: %s', async (_, filter) => {
    expect(await pagesOf((trx) => listTransfers(trx, filter, null, ROWS))).toBeLessThan(FEW);
  });

  it('are few for the counts of what is open', async () => {
    const tomorrow = new Date('2026-12-31T00:00:00Z');
    expect(await pagesOf((trx) => countCases(trx, tomorrow, 100_000))).toBeLessThan(FEW);
    expect(await pagesOf((trx) => countTransfers(trx, tomorrow, 100_000))).toBeLessThan(FEW);
    expect(await pagesOf((trx) => oldestUndelivered(trx))).toBeLessThan(FEW);
  });

  it('are many for a question that no index answers: this is how the others would show', async () => {
    expect(await pagesOf((trx) => trx.selectFrom('cases').select('project_no').where('item_name', '=', 'none').execute())).toBeGreaterThan(FEW);
  });
});
