import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { withDatabase } from '../../test/support/index.ts';
import { Comparison } from './compare-records.ts';
import { readLedger } from './read-ledger.ts';
import { catalogue, eventId, keyOf, PROJECT, story } from './story.fixture.ts';

const OTHERS = "insert into events (source, event_id, outcome) select '/centre', 'other' || n, 'applied' from generate_series($1::int, $2::int) n";

/** The columns the check reads, and more transfers of other cases than fit on one page. */
const SCHEMA = `
  create table events (seq bigint generated always as identity primary key, source text, event_id text, outcome text);
  create table transfers (id text primary key, project_no text, status text);
  create table cases (project_no text primary key, status text, result_code text);
  insert into transfers select 'tr_' || lpad(n::text, 6, '0'), 'T-other', 'delivered' from generate_series(1, 12000) n;
  insert into cases values ('${PROJECT}', 'COMPLETED', 'APPROVED')`;
const CANARIES = "insert into transfers values ('tr_canary_1', 'CANARY-410204-1', 'delivered'), ('tr_canary_2', 'CANARY-410204-2', 'failed')";

describe('the check reads the ledger', () => {
  let client: pg.Client;
  // Hooks run in the order they are written: the client lets go of the database before it is dropped.
  afterAll(() => client.end());
  const database = withDatabase();
  const compare = async (concerns = (projectNo: string): boolean => projectNo === PROJECT): Promise<ReturnType<Comparison['report']>> => {
    const comparison = new Comparison(catalogue, concerns);
    for (const [side, line] of story()) comparison.line(side, line);
    comparison.recordsEnd();
    await readLedger(database.url, comparison);
    return comparison.report();
  };

  beforeAll(async () => {
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(SCHEMA);
    // The story's events lie where numbers and texts sort differently, with more than a page before and after them.
    await client.query(OTHERS, [1, 9990]);
    for (const chapter of [0, 1, 2, 3]) {
      await client.query('insert into events (source, event_id, outcome) values ($1, $2, $3)', [chapter === 0 ? '/halls/410204' : '/centre', eventId(chapter), 'applied']);
      await client.query('insert into transfers values ($1, $2, $3)', [keyOf(chapter), PROJECT, 'delivered']);
    }
    await client.query(OTHERS, [20_000, 26_000]);
  });

  it('over many pages, and finds nothing where all is well', async () => {
    expect(await compare()).toMatchObject({ ok: true, ledgerRead: true, completed: 1 });
  });

  it('and leaves canaries to themselves: no case, no transfer that the records should know', async () => {
    await client.query(CANARIES);
    expect(await compare((projectNo) => projectNo !== 'T-other')).toMatchObject({ ok: true, cases: 1, failed: 0 });
  });

  it('and finds an event that is not there, beyond the first page', async () => {
    await client.query('delete from events where event_id = $1', [eventId(3)]);
    expect(await compare()).toMatchObject({ ok: false, lost: 1 });
  });

  it('and fails when a table is missing, for then nothing is proven', async () => {
    await client.query('alter table cases rename to cases_before');
    await expect(compare()).rejects.toThrow('cases');
  });
});
