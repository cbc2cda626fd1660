import { BusPublisher } from '#bus';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Kysely } from 'kysely';
import { recordAction } from '../evidence/record-action.ts';
import { reasonOf } from '../ledger/ledger-error.ts';
import { findRepair, returnLetter, settleLetter, takeUnsent, withdrawRepair } from '../ledger/letter-verb-rows.ts';
import type { LetterRow } from '../ledger/letter-verb-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { judgeUnsent, NoQueueError } from './judge-unsent.ts';
import { messageOfLetter, queueOf } from './letter-route.ts';

/** The broker's answer comes sooner, or not at all. */
const PATIENCE_MS = 30_000;
/** The bridge itself, where the records name who did something. */
const BRIDGE = { id: 'service:gateway', name: '系统', address: '' };

/**
 * Gives dead letters back to their queues (死信重放). That a letter goes out is committed first; the broker's confirm settles it. Should the
 * process die in between, nobody knows whether it went: it goes once more. That is harmless, because whoever takes it knows its message
 * again: events by source and id, receipts by their attempt, orders by the receiver's Idempotency-Key. One that cannot be sent goes back to the person.
 */
@Injectable()
export class SendLetters {
  constructor(
    @Inject(Kysely) private readonly db: Kysely<LedgerTables>,
    @Inject(BusPublisher) private readonly publisher: BusPublisher,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Sends a letter that is `replaying`, alone: it may be what others were buried for. Whether the broker has it now; else the sweep tries again, or it is open again. */
  async send(letter: LetterRow): Promise<boolean> {
    const { seq, queue, message_id: messageId } = letter;
    try {
      const spec = queueOf(letter);
      if (spec === undefined) throw new NoQueueError('its queue is not declared any more');
      await this.publisher.publishAlone(messageOfLetter(letter, await findRepair(this.db, seq), spec));
    } catch (error) {
      await this.keepUnsent(letter, error);
      return false;
    }
    return this.settle({ seq, queue, messageId });
  }

  /** Sends what should have gone out a while ago, up to `limit`; says how many the broker has now. One is in hand at a time: behind a broker that is slow, the others are free for other gateways. */
  async finish(limit: number, patienceMs: number = PATIENCE_MS): Promise<number> {
    let sent = 0;
    for (let taken = 0; taken < limit && this.publisher.ready; taken += 1) {
      const letter = await takeUnsent(this.db, patienceMs);
      if (letter === undefined) break;
      sent += await this.send(letter) ? 1 : 0;
    }
    return sent;
  }

  /** A letter that the broker has and the ledger could not be told of goes once more. */
  private async settle({ seq, queue, messageId }: { seq: number; queue: string; messageId: string | null }): Promise<boolean> {
    try {
      await settleLetter(this.db, seq);
      this.logger.info({ event: 'letter-sent', deadLetterId: seq, queue, messageId }, 'a dead letter went back to its queue');
      return true;
    } catch (error) {
      this.logger.warn({ event: 'letter-unsettled', deadLetterId: seq, queue, messageId, reason: reasonOf(error) }, 'a dead letter went out, and goes out once more');
      return false;
    }
  }

  private async keepUnsent(letter: LetterRow, error: unknown): Promise<void> {
    const { seq: deadLetterId, queue, message_id: messageId, send_attempts: tries } = letter;
    const problem = judgeUnsent(error, tries);
    this.logger.warn({ event: 'letter-unsent', deadLetterId, queue, messageId, tries, reason: reasonOf(error), comesBack: problem !== null }, 'a dead letter waits for the sweep, or for a person');
    if (problem !== null) await this.giveBack(letter, problem).catch((failure: unknown) => this.logger.warn({ event: 'letter-not-returned', deadLetterId, reason: reasonOf(failure) }, 'the sweep tries again'));
  }

  /** What became of it is committed with its record, or neither is. */
  private giveBack(letter: LetterRow, problem: string): Promise<void> {
    const { seq, queue, code, message_id: messageId } = letter;
    return this.db.transaction().execute(async (trx) => {
      if (!await returnLetter(trx, letter, problem)) return;
      await withdrawRepair(trx, seq);
      await recordAction(trx, {
        caller: BRIDGE, action: 'dead-letter.came-back', subjectKind: 'dead-letter', subject: String(seq), reason: problem, result: 'failed', facts: { queue, code, messageId, tries: letter.send_attempts },
      });
    });
  }
}
