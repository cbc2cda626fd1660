import { readDeadLetter } from '#bus';
import type { BatchResult, IncomingMessage } from '#bus';
import { APPS, deadLetterQueue } from '#contracts';
import type { Logger } from '#runtime';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Kysely } from 'kysely';
import { AcknowledgeRecorded } from '../cases/acknowledge-recorded.ts';
import { deadLettersTotal } from '../gateway.metrics.ts';
import { insertDeadLetters } from '../ledger/dead-letter-rows.ts';
import type { NewDeadLetter } from '../ledger/dead-letter-rows.ts';
import { settleBatch } from '../ledger/settle-batch.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';

/** Drains every dead-letter queue into the ledger (死信登记), so that nothing sits unseen in the broker. */
@Controller()
export class DeadLetterConsumer {
  private readonly db: Kysely<LedgerTables>;
  private readonly recorded: AcknowledgeRecorded;
  private readonly logger: Logger;

  constructor(db: Kysely<LedgerTables>, recorded: AcknowledgeRecorded, @Inject(LOGGER) logger: Logger) {
    this.db = db;
    this.recorded = recorded;
    this.logger = logger;
  }

  @EventPattern(APPS.map(deadLetterQueue))
  handle(@Payload() batch: IncomingMessage[]): Promise<BatchResult> {
    return settleBatch(batch, (message) => ({ item: letterOf(message) }), async (letters) => {
      await insertDeadLetters(this.db, letters);
      // An event that became a dead letter is kept here from now on; its adapter would only send it into the same fate again.
      this.recorded.run(letters.map(({ queue, message_id: messageId }) => ({ queue, messageId: messageId ?? '' })));
      for (const { queue, code, message_id: messageId, project_no: projectNo } of letters) {
        deadLettersTotal.inc({ from: queue, code: code ?? 'unknown' });
        this.logger.error({ event: 'dead-letter', queue, code, messageId, projectNo }, 'a message could not be handled and is kept as a dead letter');
      }
    });
  }
}

function letterOf(message: IncomingMessage): NewDeadLetter {
  const stamp = readDeadLetter(message);
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
