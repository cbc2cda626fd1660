import pg from 'pg';
import { parseLine } from '../../local/check/record-lines.ts';
import { SIDES, type Side } from './stage-names.ts';

const ANSWER_MS = 10_000;
const QUERY_MS = 5_000;
const MOST_AT_ONCE = 5_000;

/**
 * Which accepted events are not in the ledger yet, by the senders' own records and the ledger's inbox. What is in the ledger is safe from the
 * loss of Redis and of RabbitMQ.
 */
export class AcceptedEvents {
  readonly #recordUrl: (side: Side) => string;
  readonly #databaseUrl: () => string;
  readonly #readTo: Record<Side, number> = { platform: 0, centre: 0 };
  /** Event → when it was accepted. */
  readonly #unrecorded = new Map<string, number>();

  constructor(recordUrl: (side: Side) => string, databaseUrl: () => string) {
    this.#recordUrl = recordUrl;
    this.#databaseUrl = databaseUrl;
  }

  /** The events accepted before this moment that are not in the ledger by now. Rejects when somebody does not answer. */
  async notRecorded(before: number): Promise<string[]> {
    for (const side of SIDES) await this.#readOn(side);
    await this.#forgetRecorded();
    return [...this.#unrecorded].filter(([, at]) => at < before).map(([key]) => key.replace('\n', ' '));
  }

  async #readOn(side: Side): Promise<void> {
    const from = this.#readTo[side];
    const answer = await fetch(`${this.#recordUrl(side)}?from=${from}`, { signal: AbortSignal.timeout(ANSWER_MS) });
    if (!answer.ok) throw new Error(`the record of ${side} answered ${answer.status}`);
    const text = await answer.text();
    for (const line of text.split('\n').filter((one) => one !== '').map(parseLine)) {
      if (line.k === 'answer' && line.status === 202) this.#unrecorded.set(`${line.source}\n${line.id}`, line.at);
    }
    this.#readTo[side] = from + Buffer.byteLength(text);
  }

  async #forgetRecorded(): Promise<void> {
    const open = [...this.#unrecorded.keys()].slice(0, MOST_AT_ONCE).map((key) => key.split('\n'));
    if (open.length === 0) return;
    const client = new pg.Client({ connectionString: this.#databaseUrl(), connectionTimeoutMillis: QUERY_MS, query_timeout: QUERY_MS });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ source: string; event_id: string }>(
        'SELECT source, event_id FROM events WHERE (source, event_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))',
        [open.map(([source]) => source), open.map(([, id]) => id)],
      );
      for (const row of rows) this.#unrecorded.delete(`${row.source}\n${row.event_id}`);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
