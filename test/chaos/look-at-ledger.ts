import pg from 'pg';

const QUERY_MS = 20_000;
const MOST = 20;

/** What the ledger says of things that the simulators cannot know of. */
export interface LedgerView {
  readonly unfinished: readonly object[];
  readonly poisonMissing: number;
}

/** Why a message became a dead letter; `null` while the ledger has none of it. Rejects when the ledger is away. */
export async function letterCode(databaseUrl: string, messageId: string): Promise<string | null> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ code: string | null }>('SELECT code FROM dead_letters WHERE message_id = $1', [messageId]);
    return rows.length === 0 ? null : rows[0]?.code ?? 'none';
  });
}

export function lookAtLedger(databaseUrl: string, poisonIds: readonly string[]): Promise<LedgerView> {
  return withClient(databaseUrl, (client) => look(client, poisonIds));
}

async function look(client: pg.Client, poisonIds: readonly string[]): Promise<LedgerView> {
  const unfinished = await client.query<Record<string, unknown>>(
    `SELECT id, project_no, destination, kind, status, attempts, next_attempt_at, error_code, dispatched_at, created_at FROM transfers
     WHERE status IN ('in_flight', 'retry_wait', 'held') ORDER BY status DESC, created_at LIMIT ${MOST}`);
  const { rows } = await client.query<{ message_id: string }>('SELECT DISTINCT message_id FROM dead_letters WHERE message_id = ANY($1)', [poisonIds]);
  const seen = new Set(rows.map((row) => row.message_id));
  return { unfinished: unfinished.rows, poisonMissing: poisonIds.filter((id) => !seen.has(id)).length };
}

async function withClient<T>(databaseUrl: string, ask: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, query_timeout: QUERY_MS, connectionTimeoutMillis: QUERY_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await ask(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
