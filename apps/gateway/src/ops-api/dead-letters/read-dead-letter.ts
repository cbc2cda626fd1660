import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import type { Caller } from '../../access/caller.ts';
import { recordAction } from '../../evidence/record-action.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { queueOf } from '../../reports/letter-route.ts';
import { beijingTime } from '../beijing-time.ts';
import { maskBody } from '../bodies/mask-body.ts';
import type { Reading } from '../ops-ledger.ts';
import { findDeadLetter, lettersOfMessage } from '../queries/list-dead-letters.ts';
import type { DeadLetterBodyAnswer, DeadLetterDetailAnswer } from './dead-letter-detail.answer.ts';
import { letterUnknown } from './letter-problems.ts';
import { fateOf } from './letter-fate.ts';
import { openLetter } from './open-letter.ts';
import { showDeadLetter } from './show-dead-letter.ts';
import { hexDump, shownBytes } from './show-bytes.ts';

/** One letter without its body. @throws OpsProblem `dead-letter-unknown` */
export async function readDeadLetter(trx: Reading, seq: number): Promise<DeadLetterDetailAnswer> {
  const row = await findDeadLetter(trx, seq);
  if (row === undefined) throw letterUnknown();
  const related = await lettersOfMessage(trx, row);
  return {
    ...showDeadLetter(row),
    queuePurpose: queueOf(row)?.purpose ?? null,
    fate: await fateOf(trx, row.message_id),
    related: related.map((other) => ({ deadLetterId: other.seq, status: other.status, recordedAt: beijingTime(other.received_at) })),
  };
}

/** What one letter says, masked; that somebody looked is recorded in the same transaction. @throws OpsProblem `dead-letter-unknown` */
export async function readLetterBody(trx: Transaction<LedgerTables>, seq: number, caller: Caller, keys: KeyRing): Promise<DeadLetterBodyAnswer> {
  const row = await trx.selectFrom('dead_letters').select(['raw', 'headers', 'queue', 'message_id']).where('seq', '=', seq).executeTakeFirst();
  if (row === undefined) throw letterUnknown();
  const opened = openLetter(row, keys);
  const { bytes, masked, truncated } = shownBytes(row, opened);
  await recordAction(trx, {
    caller, action: 'dead-letter.body-seen', subjectKind: 'dead-letter', subject: String(seq), reason: '', result: 'done',
    facts: { queue: row.queue, messageId: row.message_id, decoded: opened.ok },
  });
  return {
    deadLetterId: seq, bodyBytes: row.raw.length, sealed: opened.sealed,
    base64: bytes.toString('base64'), hex: hexDump(bytes), bytesMasked: masked, truncated,
    decoded: opened.ok ? maskBody(opened.body).body : null,
    decodeError: opened.ok ? null : opened.error, decodeErrorZh: opened.ok ? null : opened.errorZh,
  };
}
