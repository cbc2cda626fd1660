import { BusPublisher } from '#bus';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Kysely } from 'kysely';
import { reasonOf } from '../ledger/ledger-error.ts';
import { findRepair, settleLetter, takeUnsent } from '../ledger/letter-verb-rows.ts';
import type { LetterRow } from '../ledger/letter-verb-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { messageOfLetter, queueOf } from './letter-route.ts';

/** The broker's answer comes sooner, or not at all. */
const PATIENCE_MS = 30_000;

/**
 * Gives dead letters back to their queues (死信重放). That a letter goes out is committed first; the broker's confirm settles it. Should the
 * process die in between, nobody knows whether it went: it goes once more. That is harmless, because whoever takes it knows its message
 * again: events by source and id, receipts by their attempt, orders by the receiver's Idempotency-Key.
 */
@Injectable()
export class SendLetters {
  constructor(
    @Inject(Kysely) private readonly db: Kysely<LedgerTables>,
    @Inject(BusPublisher) private readonly publisher: BusPublisher,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Sends a letter that is `replaying`, alone: it may be what others were buried for. Whether the broker has it now; else the sweep tries again. */
  async send(letter: LetterRow): Promise<boolean> {
    const { seq, queue, message_id: messageId } = letter;
    try {
      const spec = queueOf(letter);
      if (spec === undefined) throw new Error('its queue is not declared any more');
      await this.publisher.publishAlone(messageOfLetter(letter, await findRepair(this.db, seq), spec));
      await settleLetter(this.db, seq);
      this.logger.info({ event: 'letter-sent', deadLetterId: seq, queue, messageId }, 'a dead letter went back to its queue');
      return true;
    } catch (error) {
      this.logger.warn({ event: 'letter-unsent', deadLetterId: seq, queue, messageId, reason: reasonOf(error) }, 'a dead letter waits for the sweep');
      return false;
    }
  }

  /** Sends what should have gone out a while ago, up to `limit`; says how many the broker has now. For the sweep. */
  async finish(limit: number, patienceMs: number = PATIENCE_MS): Promise<number> {
    if (!this.publisher.ready) return 0;
    let sent = 0;
    for (const letter of await takeUnsent(this.db, patienceMs, limit)) sent += await this.send(letter) ? 1 : 0;
    return sent;
  }
}
