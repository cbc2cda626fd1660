import { BusPublisher, readDeadLetter } from '#bus';
import type { BatchResult, DeadLetterStamp, IncomingMessage } from '#bus';
import { APPS, deadLetterQueue, QUEUES, topologyFor } from '#contracts';
import type { Logger } from '#runtime';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Kysely } from 'kysely';
import { AcknowledgeRecorded } from '../cases/acknowledge-recorded.ts';
import { deadLettersTotal } from '../gateway.metrics.ts';
import type { NewDeadLetter } from '../ledger/dead-letter-rows.ts';
import { settleBatch } from '../ledger/settle-batch.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { buriedOrder } from './buried-order.ts';
import { keepLetters } from './keep-letters.ts';
import type { KeptLetter } from './keep-letters.ts';
import { reviveLetter } from './revive-letter.ts';
import type { RevivedLetter } from './revive-letter.ts';

/** A dead letter, and what is published once more of it. */
interface Collected extends KeptLetter {
  readonly revived: RevivedLetter | null;
  /** Whether it was in hand before, and may have been told of or not. */
  readonly inHandBefore: boolean;
}

/** The code of what no key on the ring opens. */
const UNREADABLE = 'unreadable';
/** The queues whose messages their adapters keep until they are recorded. */
const JOURNALLED: ReadonlySet<string> = new Set([QUEUES.intake, QUEUES.outcomes]);
/** The queues whose messages travel in bundles. */
const BUNDLED: ReadonlySet<string> = new Set(topologyFor([]).queues.flatMap(({ name, bundled }) => (bundled ? [name] : [])));

/** Drains every dead-letter queue into the ledger (死信登记), so that nothing sits unseen in the broker, and gives what the broker buried its second chance. */
@Controller()
export class DeadLetterConsumer {
  private readonly db: Kysely<LedgerTables>;
  private readonly publisher: BusPublisher;
  private readonly recorded: AcknowledgeRecorded;
  private readonly logger: Logger;

  constructor(db: Kysely<LedgerTables>, publisher: BusPublisher, recorded: AcknowledgeRecorded, @Inject(LOGGER) logger: Logger) {
    this.db = db;
    this.publisher = publisher;
    this.recorded = recorded;
    this.logger = logger;
  }

  @EventPattern(APPS.map(deadLetterQueue))
  handle(@Payload() batch: IncomingMessage[]): Promise<BatchResult> {
    return settleBatch(batch, (message, tried) => ({ item: collect(message, tried) }), (collected) => this.keep(collected));
  }

  /** A letter is acknowledged once it is recorded and its second life is confirmed by the broker; until then it comes again. Each is revived alone: one of them may be what the others were buried for. */
  private async keep(collected: readonly Collected[]): Promise<void> {
    const { fresh, failed } = await keepLetters(this.db, collected);
    await Promise.all(collected.map(async ({ revived }) => { if (revived !== null) await this.publisher.publishAlone(revived); }));
    // An event that became a dead letter is kept here from now on; its adapter would only send it into the same fate again. One that is
    // published once more is acknowledged when it is applied; so is one that cannot be read: it comes again from its journal, and is
    // healed once the key is there.
    const buried = collected.filter(({ revived, recurring }) => revived === null && !recurring);
    this.recorded.run(buried.map(({ letter: { queue, message_id: messageId } }) => ({ queue, messageId: messageId ?? '' })));
    this.tell(collected.filter((one) => fresh.has(one) || one.inHandBefore));
    for (const { id: transferId, project_no: projectNo, destination } of failed) {
      this.logger.error({ event: 'transfer-failed', transferId, projectNo, destination }, 'transfer failed and holds back its case: its order is a dead letter');
    }
  }

  private tell(letters: readonly Collected[]): void {
    for (const { letter: { queue, code, message_id: messageId, project_no: projectNo }, revived } of letters) {
      deadLettersTotal.inc({ from: queue, code: code ?? 'unknown' });
      this.logger.error({ event: 'dead-letter', queue, code, messageId, projectNo, revived: revived !== null }, 'a message could not be handled and is kept as a dead letter');
    }
  }
}

function collect(message: IncomingMessage, tried: boolean): Collected {
  const stamp = readDeadLetter(message);
  const inHandBefore = tried || message.deliveryCount > 0;
  return {
    letter: letterOf(message, stamp), revived: reviveLetter(message, stamp), inHandBefore, again: inHandBefore || BUNDLED.has(stamp.queue),
    order: buriedOrder(message.messageId, stamp), recurring: stamp.code === UNREADABLE && JOURNALLED.has(stamp.queue),
  };
}

function letterOf(message: IncomingMessage, stamp: DeadLetterStamp): NewDeadLetter {
  return {
    queue: stored(stamp.queue), app: stored(stamp.app), handler: stored(stamp.handler), reason: stored(stamp.reason), code: stored(stamp.code),
    delivery_count: Number.isSafeInteger(stamp.deliveryCount) ? stamp.deliveryCount : 0,
    message_id: stored(message.messageId), type: stored(message.type), project_no: stored(message.headers['x-project-no'] ?? '') || null,
    headers: Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [stored(name), stored(value)])),
    raw: Buffer.isBuffer(message.body) ? message.body : Buffer.from(JSON.stringify(message.body ?? null)),
  };
}

/** Whatever came over the wire must be storable: PostgreSQL takes no NUL and no half of a surrogate pair. */
function stored(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
