import { createHash } from 'node:crypto';
import { EXCHANGES } from '#contracts';
import type { QueueSpec } from '#contracts';
import { KeyRing } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import type { Caller } from '../../access/caller.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { lockLetter, moveLetter } from '../../ledger/letter-verb-rows.ts';
import type { LetterRow } from '../../ledger/letter-verb-rows.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { queueOf } from '../../reports/letter-route.ts';
import { SendLetters } from '../../reports/send-letters.ts';
import { idempotent } from '../idempotent.ts';
import { OpsLedger } from '../ops-ledger.ts';
import type { ReasonedBody } from '../reasoned.body.ts';
import { LETTER_STATUSES } from '../words.ts';
import type { DeadLetterActionAnswer } from './dead-letter-detail.answer.ts';
import type { RepairBody } from './dead-letter.body.ts';
import { letterHasNoQueue, letterNotOpen, letterSuperseded, letterUnknown } from './letter-problems.ts';
import { repairedLetter } from './repaired-letter.ts';

type Trx = Transaction<LedgerTables>;
type Verb = 'replay' | 'repair' | 'discard';

/** A person's command about one dead letter. */
export interface LetterCommand<Body extends ReasonedBody> {
  readonly caller: Caller;
  readonly key: string | undefined;
  readonly seq: number;
  readonly body: Body;
}

const DONE = { replay: 'dead-letter.replayed', repair: 'dead-letter.repaired', discard: 'dead-letter.discarded' } as const;
const ORDER_ID = /^(?<id>[^.]{1,200})\.(?<attempt>[1-9]\d{0,8})$/;

/**
 * Replays, repairs and discards dead letters: each from open to its end once, by compare-and-set. What goes out is committed first and
 * settled by the broker's confirm; what a crash leaves in between the sweep finishes.
 */
@Injectable()
export class ActOnLetter {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(SendLetters) private readonly sending: SendLetters,
    @Inject(KeyRing) private readonly keys: KeyRing,
  ) {}

  /** @throws OpsProblem that says why nothing was done */
  replay(command: LetterCommand<ReasonedBody>): Promise<DeadLetterActionAnswer> {
    return this.act('replay', command, async (trx, letter) => {
      await sendable(trx, letter);
      return {};
    });
  }

  /** @throws OpsProblem that says why nothing was done; a broken body by every field */
  repair(command: LetterCommand<RepairBody>): Promise<DeadLetterActionAnswer> {
    return this.act('repair', command, async (trx, letter) => {
      const repair = repairedLetter(letter, await sendable(trx, letter), command.body.body, this.keys);
      const digest = createHash('sha256').update(repair.plain).digest('hex');
      await trx.insertInto('dead_letter_repairs').values({
        letter_seq: letter.seq, sealed: repair.sealed, key_version: repair.keyVersion, headers: JSON.stringify(repair.headers), digest, actor: command.caller.id,
      }).execute();
      return { digest, originalDigest: createHash('sha256').update(letter.raw).digest('hex') };
    });
  }

  /** @throws OpsProblem that says why nothing was done */
  discard(command: LetterCommand<ReasonedBody>): Promise<DeadLetterActionAnswer> {
    return this.act('discard', command, () => Promise.resolve({}));
  }

  private async act(
    verb: Verb, { caller, key, seq, body }: LetterCommand<ReasonedBody>, prepare: (trx: Trx, letter: LetterRow) => Promise<Record<string, unknown>>,
  ): Promise<DeadLetterActionAnswer> {
    let toSend: LetterRow | null = null;
    await this.ledger.write((trx) => idempotent(trx, { caller, key, route: `POST /api/dead-letters/${seq}/${verb}`, body }, async () => {
      const letter = await lockLetter(trx, seq);
      if (letter === undefined) throw letterUnknown();
      if (letter.status !== 'open') throw letterNotOpen(letter.status, letter.acted_name);
      const facts = await prepare(trx, letter);
      const moved = await moveLetter(trx, seq, verb === 'discard' ? 'discarded' : 'replaying', { caller, reason: body.reason, ticket: body.ticket ?? null });
      if (moved === undefined) throw letterNotOpen(letter.status, letter.acted_name);
      await recordAction(trx, {
        caller, action: DONE[verb], subjectKind: 'dead-letter', subject: String(seq), reason: body.reason, result: 'done',
        facts: { queue: letter.queue, code: letter.code, messageId: letter.message_id, ticket: body.ticket ?? null, ...facts },
      });
      toSend = verb === 'discard' ? null : moved;
      return { deadLetterId: seq };
    }));
    if (toSend !== null) await this.sending.send(toSend);
    return this.answerOf(seq);
  }

  /** As it stands now: also for a repetition of the request, by when the broker may have confirmed. */
  private async answerOf(seq: number): Promise<DeadLetterActionAnswer> {
    const { status, send_problem: problem } = await this.ledger.read((trx) => trx.selectFrom('dead_letters').select(['status', 'send_problem']).where('seq', '=', seq).executeTakeFirstOrThrow());
    if (status === 'open') return { outcome: 'returned', outcomeZh: `送不回去，已回到待处理：${problem ?? '原因不明'}`, deadLetterId: seq };
    return { outcome: status, outcomeZh: LETTER_STATUSES[status], deadLetterId: seq };
  }
}

/** The queue a letter may go back to. An order is let through only while its attempt is the one that is out: anything else could overtake or repeat a later one. */
async function sendable(trx: Trx, letter: LetterRow): Promise<QueueSpec> {
  const spec = queueOf(letter);
  if (spec === undefined) throw letterHasNoQueue(letter.queue);
  if (spec.exchange !== EXCHANGES.transfers) return spec;
  if (!await isOut(trx, letter.message_id ?? '')) throw letterSuperseded();
  return spec;
}

async function isOut(trx: Trx, messageId: string): Promise<boolean> {
  const order = ORDER_ID.exec(messageId)?.groups;
  if (order === undefined) return false;
  const transfer = await trx.selectFrom('transfers').select(['status', 'attempts']).where('id', '=', order['id'] ?? '').forShare().executeTakeFirst();
  return transfer?.status === 'in_flight' && transfer.attempts === Number(order['attempt']);
}
