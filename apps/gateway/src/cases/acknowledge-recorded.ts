import { BusPublisher } from '#bus';
import { EXCHANGES, MAX_RECORDED_EVENTS, QUEUES, recordedRoute } from '#contracts';
import type { RecordedEvents } from '#contracts';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { reasonOf } from '../ledger/ledger-error.ts';
import { LOGGER } from '../logger.token.ts';

/** A message of an event, by where it came from and what the adapter calls it. */
export interface RecordedMessage {
  readonly queue: string;
  readonly messageId: string;
}

/** The adapter whose events come through a queue. */
const ORIGINS = new Map([[QUEUES.intake, 'district-adapter'], [QUEUES.outcomes, 'centre-adapter']] as const);

/** Longer than any id a door accepts; others are none of an adapter's. */
const MAX_MESSAGE_ID = 200;

/**
 * Tells the adapters which of their events are in the ledger for good (入账回执), so that they need not keep them any longer. Call it after the
 * commit. Best effort: it neither throws nor keeps anybody waiting, for an acknowledgement that is lost costs one more harmless publish.
 */
@Injectable()
export class AcknowledgeRecorded {
  private readonly publisher: BusPublisher;
  private readonly logger: Logger;

  constructor(publisher: BusPublisher, @Inject(LOGGER) logger: Logger) {
    this.publisher = publisher;
    this.logger = logger;
  }

  /** Returns at once; the publisher finishes what is in flight before it closes. */
  run(messages: readonly RecordedMessage[]): void {
    for (const [queue, app] of ORIGINS) {
      const ids = new Set(messages.filter((message) => message.queue === queue).map(({ messageId }) => messageId));
      const messageIds = [...ids].filter((id) => id !== '' && id.length <= MAX_MESSAGE_ID);
      for (let from = 0; from < messageIds.length; from += MAX_RECORDED_EVENTS) {
        void this.tell(app, { messageIds: messageIds.slice(from, from + MAX_RECORDED_EVENTS) });
      }
    }
  }

  private async tell(app: 'district-adapter' | 'centre-adapter', body: RecordedEvents): Promise<void> {
    try {
      await this.publisher.publish({
        exchange: EXCHANGES.reports, routingKey: recordedRoute(app), messageId: `recorded.${body.messageIds[0]}`, type: 'events.recorded', body,
      });
    } catch (error) {
      this.logger.debug({ event: 'recorded-not-told', app, events: body.messageIds.length, reason: reasonOf(error) }, 'the adapter will send these once more');
    }
  }
}
