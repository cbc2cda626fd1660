import { sql } from 'kysely';
import { beijingTimeOrNull } from '../beijing-time.ts';
import type { Reading } from '../ops-ledger.ts';
import { EVENT_OUTCOMES, TRANSFER_STATUSES } from '../words.ts';
import type { LetterFateAnswer } from './dead-letter-detail.answer.ts';

/** `<source>#<event id>`, as the doors name events. */
const EVENT = /^(?<source>\/[^#]{1,200})#(?<id>[A-Za-z0-9._:-]{1,64})$/;
/** `<transferId>.<attempt>`, as orders and receipts are named. */
const ATTEMPT = /^(?<id>tr_[^.]{1,200})\.[1-9]\d{0,8}$/;

/** What the ledger says of the message a letter was: whether its event is there and what became of it, or how the transfer stands now. `null` when it knows neither. */
export async function fateOf(trx: Reading, messageId: string | null): Promise<LetterFateAnswer | null> {
  const event = EVENT.exec(messageId ?? '')?.groups;
  if (event !== undefined) return eventFate(trx, event['source'] ?? '', event['id'] ?? '');
  const attempt = ATTEMPT.exec(messageId ?? '')?.groups;
  return attempt === undefined ? null : transferFate(trx, attempt['id'] ?? '');
}

/** Index: events' unique (source, event_id). */
async function eventFate(trx: Reading, source: string, id: string): Promise<LetterFateAnswer | null> {
  const row = await trx.selectFrom('events').select(['outcome', 'outcome_zh', 'outcome_at']).where('source', '=', source).where('event_id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  return { kind: 'event', reference: id, status: row.outcome, statusZh: EVENT_OUTCOMES[row.outcome], detailZh: row.outcome_zh, at: beijingTimeOrNull(row.outcome_at) };
}

/** Index: the primary key. */
async function transferFate(trx: Reading, id: string): Promise<LetterFateAnswer | null> {
  const row = await trx.selectFrom('transfers').select(['status', sql<Date | null>`coalesce(finished_at, delivered_at, dispatched_at)`.as('at')]).where('id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  return { kind: 'transfer', reference: id, status: row.status, statusZh: TRANSFER_STATUSES[row.status], detailZh: null, at: beijingTimeOrNull(row.at) };
}
