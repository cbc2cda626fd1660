import { CASE_STATUSES } from '#contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { CompiledQuery } from 'kysely';
import { until, withDatabase } from '../../../../../test/support/index.ts';
import { countFailedInChannels, countRetryingInChannels } from '../../ledger/channel-figures.ts';
import { migrateLedger } from '../../ledger/migrate-ledger.ts';
import { openPool } from '../../ledger/open-ledger.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import type { Reading } from '../ops-ledger.ts';
import type { TimePlace } from '../paging/cursor.ts';
import { wordsOf } from '../words.ts';
import { listCases } from './list-cases.ts';
import type { CaseFilter } from './list-cases.ts';
import { listGroupMembers } from './list-group-members.ts';
import { listTransfers } from './list-transfers.ts';
import type { TransferFilter } from './list-transfers.ts';
import { countLevels, countUnapplied, listHeldUp, listMissingThere, listUnapplied } from './reconcile-day.ts';
import { readStrip } from './reconcile-strip.ts';
import { loadUnknown } from './reconcile-unknown.ts';
import { countCases } from './summary-cases.ts';
import { recentWork } from './summary-rates.ts';
import { countTransfers, oldestUndelivered } from './summary-transfers.ts';

const CASES = 60_000;
/** Pages of 8 KiB. All cases and transfers lie on more than 4,000; a page of the list with 50 rows needs some hundreds. */
const FEW = 800;
const ROWS = 51;
const CASE_WORDS = wordsOf(CASE_STATUSES);
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
  // News that were old, through the years; and the centre's lists of two months, a thousand numbers in each.
  await sql`
    insert into events (source, event_id, type, party, order_key, project_no, data_version, occurred_at, door_at, digest, outcome, sealed, key_version, recorded_at)
    select '/centre', 'i' || n, 'case.received', 'centre', 'k', 'P-' || lpad(n::text, 9, '0'), 1, ${at}, ${at}, 'd', 'ignored', '', 1, ${at} - interval '1 year'
    from generate_series(1, ${CASES / 2}) n`.execute(db);
  await sql`
    insert into reconciliation_lists (day, side, kind, ids, digest, by_id, by_name)
    select to_char(date '2026-09-20' + n, 'YYYY-MM-DD'), 'centre', 'received', 1000, '', '', '' from generate_series(1, 60) n`.execute(db);
  await sql`insert into reconciliation_ids select 1 + n / 1000, 'P-' || lpad(n::text, 9, '0') from generate_series(0, ${CASES - 1}) n`.execute(db);
  // An index alone can answer only for pages that are known to be visible to all; whoever still looks at a table keeps them from it.
  await until(async () => {
    await sql`vacuum analyze cases, transfers, events, reconciliation_lists, reconciliation_ids`.execute(db);
    const { rows } = await sql<{ visible: boolean }>`
      select bool_and(relallvisible >= relpages) as visible from pg_class where relname in ('cases', 'transfers', 'events')`.execute(db);
    return rows[0]?.visible;
  }, { within: 60_000, what: 'the tables vacuumed' });
}

/** What PostgreSQL says of a step of a plan, as far as we ask. */
interface Step {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Step[];
}

/** Pages that the statements of a question read. */
async function pagesOf(question: (trx: Reading) => Promise<unknown>): Promise<number> {
  return (await plansOf(question)).reduce((pages, plan) => pages + plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], 0);
}

/** How the statements of a question were answered. */
async function plansOf(question: (trx: Reading) => Promise<unknown>): Promise<Step[]> {
  asked.length = 0;
  await question(db as unknown as Reading);
  const plans: Step[] = [];
  for (const statement of [...asked]) {
    const { rows } = await sql<{ 'QUERY PLAN': [{ Plan: Step }] }>`explain (analyze, buffers, format json) ${sql.raw(literally(statement))}`.execute(db);
    plans.push(...rows.map((row) => row['QUERY PLAN'][0].Plan));
  }
  return plans;
}

function indexesOf({ 'Index Name': own, Plans = [] }: Step): string[] {
  return [...(own === undefined ? [] : [own]), ...Plans.flatMap(indexesOf)];
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
    ['of any of the rare statuses', { status: ['RECEIVED', 'ACCEPTED', 'SUSPENDED'] }],
    ['of every status but the usual one', { status: CASE_WORDS.filter((status) => status !== 'COMPLETED') }],
    ['of two halls and an item that they never have', { hall: ['410202', '410204'], item: ['ITEM-3'] }],
    ['of every hall but one', { hall: { not: ['410202'] } }],
    ['failed or in a queue', { deliveryStatus: ['FAILED', 'QUEUED'] }],
    ['not delivered', { deliveryStatus: ['NONE', 'QUEUED', 'SENT', 'FAILED', 'DEAD'] }],
    ['with an event that none has', { event: ['case.voided', 'case.suspended'] }],
    ['with an event that all have', { event: ['case.received'] }],
    ['by two beginnings that none has', { projectNoPrefix: ['Q-', 'R-'] }],
    ['of a rare status, a hall and a time', { hall: ['410204'], status: ['RECEIVED'], from: new Date('2026-11-20T06:00:00Z'), until: new Date('2026-11-20T08:00:00Z') }],
    ['of a rare status or with a failed delivery', { any: [{ status: ['RECEIVED'] }, { deliveryStatus: ['FAILED'] }] }],
    ['of a hall and of a beginning that none has, or of an item that it never has, or with an event that none has', {
      hall: '410202', any: [{ projectNoPrefix: ['Q-'] }, { item: ['ITEM-3'] }, { event: ['case.voided'] }],
    }],
    ['of eight alternatives that nearly none fulfils', {
      any: [{ status: ['SUSPENDED'] }, { deliveryStatus: ['DEAD'] }, { deliveryStatus: ['QUEUED'] }, { projectNoPrefix: ['Q-'] }, { event: ['case.voided'] }, { hall: ['410202'], item: ['ITEM-3'] }, { deliveryStatus: ['NONE'] }, { hall: ['410299'] }],
    }],
    ['of a hall, or with an event that all have', { any: [{ hall: ['410202'] }, { event: ['case.received'] }] }],
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
    ['of two cases', { projectNo: ['P-000000077', 'P-000000078'] }],
    ['by its id', { transferId: ['tr_77_1'] }],
    ['not delivered', { status: ['held', 'in_flight', 'retry_wait', 'failed', 'discarded'] }],
    ['failed or given up', { status: ['failed', 'discarded'] }],
    ['failed, to two halls', { status: ['failed'], destination: ['hall:410202', 'hall:410204'] }],
    ['of rare kinds', { kind: ['void', 'correct'] }],
    ['with one of two error codes that none has', { errorCode: ['http-410', 'http-411'] }],
    ['of a hall that has no case', { hall: '410299' }],
    ['failed, of a hall', { status: 'failed', hall: ['410204'] }],
    ['of an item that its hall never has', { hall: ['410202'], item: ['ITEM-3'] }],
    ['of a failure group that has none', { failureGroup: ['fg_000000000000000000000000'] }],
    ['caused by an event that none has', { event: ['case.voided'] }],
    ['caused by an event that all have', { event: ['case.received'] }],
    ['failed, or with an error code that none has', { any: [{ status: ['failed'] }, { errorCode: ['http-410'] }] }],
    ['of a case, or given up, or of a rare kind, or caused by an event that none has', { any: [{ projectNo: ['P-000000077'] }, { status: ['discarded'] }, { kind: ['void'] }, { event: ['case.voided'] }] }],
    ['to a hall, failed or of an item that it never has', { destination: 'hall:410202', any: [{ status: ['failed'] }, { hall: ['410202'], item: ['ITEM-3'] }] }],
  ])('are few for transfers: %s', async (_, filter) => {
    expect(await pagesOf((trx) => listTransfers(trx, filter, null, ROWS))).toBeLessThan(FEW);
  });

  it('are no delivered transfer\'s: what is not delivered stands in indexes of its own, and tells the delivery status of every case', async () => {
    const plans = await plansOf((trx) => listCases(trx, {}, null, ROWS));
    expect([...new Set(plans.flatMap(indexesOf))].sort()).toEqual(['cases_created', 'transfers_discarded_case', 'transfers_undelivered']);
  });

  it('are on a page of alternatives those that any of them has, each once, also on the next page', async () => {
    const read = (filter: CaseFilter, place: TimePlace | null): Promise<string[]> => listCases(db as unknown as Reading, filter, place, ROWS).then((rows) => rows.map(({ project_no }) => project_no));
    const filter: CaseFilter = { from: new Date('2026-11-20T19:00:00Z'), any: [{ status: ['RECEIVED'] }, { deliveryStatus: ['FAILED'] }, { projectNoPrefix: ['P-0000599'] }] };
    const first = await read(filter, null);
    const last = await listCases(db as unknown as Reading, filter, null, ROWS).then((rows) => rows.at(-1));
    const second = await read(filter, { at: last?.created_micros ?? '', key: last?.project_no ?? '' });
    const expected = [60_000, ...Array.from({ length: 100 }, (_, index) => 59_999 - index), 59_000, 58_000, 57_000, 56_000, 55_000, 54_000].map((n) => `P-${String(n).padStart(9, '0')}`);
    expect([...first, ...second]).toEqual(expected.slice(0, 102));
  });

  it('are few for the counts of what is open', async () => {
    const tomorrow = new Date('2026-12-31T00:00:00Z');
    expect(await pagesOf((trx) => countCases(trx, tomorrow, 100_000))).toBeLessThan(FEW);
    expect(await pagesOf((trx) => countTransfers(trx, tomorrow, 100_000))).toBeLessThan(FEW);
    expect(await pagesOf((trx) => oldestUndelivered(trx))).toBeLessThan(FEW);
  });

  it('are few for the members of a failure group that has none', async () => {
    expect(await pagesOf((trx) => listGroupMembers(trx, 'fg_000000000000000000000000', null, ROWS))).toBeLessThan(FEW);
  });

  it('are few for what fails and waits in each channel', async () => {
    expect(await pagesOf((trx) => countFailedInChannels(trx))).toBeLessThan(FEW);
    expect(await pagesOf((trx) => countRetryingInChannels(trx))).toBeLessThan(FEW);
  });

  it('are as many for a day to reconcile as it has cases, whatever the ledger holds beside, and few for thirty days in which all went well', async () => {
    const minute = { from: new Date('2026-11-20T12:00:00Z'), until: new Date('2026-11-20T12:01:00Z') };
    for (const cohort of [minute, { ...minute, hall: '410204' }]) {
      // A page for each case would say that its transfers are read.
      expect(await pagesOf((trx) => countLevels(trx, cohort))).toBeLessThan(50);
      expect(await pagesOf((trx) => countUnapplied(trx, cohort))).toBeLessThan(FEW);
      expect(await pagesOf((trx) => listUnapplied(trx, cohort, null, ROWS))).toBeLessThan(FEW);
      expect(await pagesOf((trx) => listHeldUp(trx, cohort, 4, null, ROWS))).toBeLessThan(FEW);
      const listed = { listId: 1, side: 'centre', kind: 'received', level: 4, cohort };
      expect(await pagesOf((trx) => listMissingThere(trx, listed, null, ROWS))).toBeLessThan(FEW);
    }
    expect(await pagesOf((trx) => loadUnknown(trx, ['Q-1', 'Q-2']))).toBeLessThan(FEW);
    expect(await pagesOf((trx) => readStrip(trx, new Date('2026-11-01T00:00:00Z'), new Date('2026-12-01T00:00:00Z')))).toBeLessThan(FEW);
  });

  it('are few for the last minute while little goes on, and when much goes on all of it is counted', async () => {
    expect(await pagesOf((trx) => recentWork(trx, 60, 30_000))).toBeLessThan(200);
    const counting = db.transaction().execute(async (trx) => {
      await sql`
        insert into events (source, event_id, type, party, order_key, project_no, data_version, occurred_at, door_at, digest, outcome, sealed, key_version, recorded_at)
        select '/halls/1', 'now' || n, 'case.received', 'hall:1', 'k', 'P-now', 1, now(), now(), 'd', 'applied', '', 1, now() from generate_series(1, 1500) n`.execute(trx);
      throw new Error(`counted ${(await recentWork(trx, 60, 30_000)).events}`);
    });
    await expect(counting).rejects.toThrow('counted 1500');
  });

  it('are worked through at once: no statement is compiled first, whatever the planner takes it for', async () => {
    expect((await sql`show jit`.execute(db)).rows).toEqual([{ jit: 'off' }]);
  });

  it('are many for a question that no index answers: this is how the others would show', async () => {
    expect(await pagesOf((trx) => trx.selectFrom('cases').select('project_no').where('item_name', '=', 'none').execute())).toBeGreaterThan(FEW);
  });
});
