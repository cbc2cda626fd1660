import pg from 'pg';
import type { Comparison } from './compare-records.ts';

const PAGE = 5000;
const STATEMENT_TIMEOUT_MS = 60_000;
/** Canaries (拨测) are no cases: the records tell of them apart. */
const REAL = "project_no NOT LIKE 'CANARY-%'";

async function* pages<Row extends Record<string, unknown>>(
  client: pg.Client, sql: string, start: string | number, keyOf: (row: Row) => string | number,
): AsyncGenerator<Row> {
  let after = start;
  for (;;) {
    const { rows } = await client.query<Row>(sql, [after, PAGE]);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = keyOf(last);
  }
}

/**
 * Gives the ledger's events, transfers and cases to the comparison, page by page, over a connection that cannot write.
 * @throws when the database does not answer or a table is missing.
 */
export async function readLedger(databaseUrl: string, comparison: Comparison): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, statement_timeout: STATEMENT_TIMEOUT_MS, connectionTimeoutMillis: 5000 });
  // A lost connection fails the query that waits for it; without a listener it would end the whole process instead.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('SET default_transaction_read_only = on');
    const events = 'SELECT seq::text AS key, source, event_id, outcome FROM events WHERE seq > $1 ORDER BY seq LIMIT $2';
    for await (const row of pages<{ key: string; source: string; event_id: string; outcome: string }>(client, events, 0, (one) => one.key)) {
      comparison.ledgerEvent({ source: row.source, eventId: row.event_id, outcome: row.outcome });
    }
    const transfers = `SELECT id, project_no, status FROM transfers WHERE id > $1 AND ${REAL} ORDER BY id LIMIT $2`;
    for await (const row of pages<{ id: string; project_no: string; status: string }>(client, transfers, '', (one) => one.id)) {
      comparison.ledgerTransfer({ id: row.id, projectNo: row.project_no, status: row.status });
    }
    const cases = `SELECT project_no, status, result_code FROM cases WHERE project_no > $1 AND ${REAL} ORDER BY project_no LIMIT $2`;
    for await (const row of pages<{ project_no: string; status: string; result_code: string | null }>(client, cases, '', (one) => one.project_no)) {
      comparison.ledgerCase({ projectNo: row.project_no, status: row.status, resultCode: row.result_code });
    }
  } finally {
    await client.end();
  }
  comparison.ledgerEnd();
}
