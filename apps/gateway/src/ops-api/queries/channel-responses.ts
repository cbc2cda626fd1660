import { sql } from 'kysely';
import type { ChannelName } from '../../ledger/channel-tables.ts';
import { isReal } from '../../ledger/canary-rows.ts';
import { channelOf } from '../../ledger/paused-channel.ts';
import type { AttemptsTable } from '../../ledger/tables.ts';
import type { Reading } from '../ops-ledger.ts';

/** Newest attempts looked at, at most: a channel in which nothing has moved for long shows what is among them. */
export const ATTEMPTS_CAP = 20_000;

/** One answer of a receiver, or the lack of one. */
export interface ChannelResponse {
  readonly transfer_id: string;
  readonly project_no: string;
  readonly attempt: number;
  readonly finished_at: Date;
  readonly latency_ms: number;
  readonly outcome: AttemptsTable['outcome'];
  readonly http_status: number | null;
  readonly error_code: string | null;
}

/** The newest answers in a channel. Indexes: the primary keys of attempts, transfers and cases. */
export async function listResponses(trx: Reading, channel: ChannelName, rows: number): Promise<ChannelResponse[]> {
  const { rows: found } = await sql<ChannelResponse>`
    select a.transfer_id, t.project_no, a.attempt, a.finished_at, a.latency_ms, a.outcome, a.http_status, a.error_code
    from (select * from attempts order by seq desc limit ${ATTEMPTS_CAP}) a join transfers t on t.id = a.transfer_id
    where ${destinationOf(channel)} and ${channelOf('t')} = ${channel} and ${isReal('t.project_no')}
    order by a.seq desc limit ${rows}`.execute(trx);
  return found;
}

/** How long the answers of the last hour took; null when there was none. */
export interface ResponseTimes {
  readonly answers: number;
  readonly failures: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

/** Of the newest answers in a channel within the last hour. */
export async function measureResponses(trx: Reading, channel: ChannelName): Promise<ResponseTimes> {
  const { rows: [row] } = await sql<ResponseTimes>`
    select count(*) as answers, count(*) filter (where a.outcome <> 'delivered') as failures,
      percentile_disc(0.5) within group (order by a.latency_ms) as p50, percentile_disc(0.95) within group (order by a.latency_ms) as p95
    from (select * from attempts order by seq desc limit ${ATTEMPTS_CAP}) a join transfers t on t.id = a.transfer_id
    where a.recorded_at > statement_timestamp() - interval '1 hour' and ${destinationOf(channel)} and ${channelOf('t')} = ${channel} and ${isReal('t.project_no')}`.execute(trx);
  return row ?? { answers: 0, failures: 0, p50: null, p95: null };
}

/** Asked before the hall of the case is looked up. */
function destinationOf(channel: ChannelName) {
  const hall = channel.slice(-6);
  return sql`t.destination = ${channel.startsWith('intake:') ? 'centre' : `hall:${hall}`}`;
}
