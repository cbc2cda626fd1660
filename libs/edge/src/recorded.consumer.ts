import { Controller, type Type } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { BatchResult, IncomingMessage, Settlement } from '#bus';
import { isConnectionTest, MAX_RECORDED_EVENTS, recordedEventsProblems, recordedQueue, type DoorRefusal, type RecordedEvents } from '#contracts';
import { ConnectionChecks } from './connection-checks.ts';
import { Journal } from './journal.ts';

/** The controller that hears what the gateway tells this app: which of its events are in the ledger and need not be kept any longer, and which of its endpoints somebody wants tested. */
export function recordedConsumerFor(app: DoorRefusal['app']): Type {
  @Controller()
  class RecordedConsumer {
    private readonly journal: Journal;
    private readonly checks: ConnectionChecks;

    constructor(journal: Journal, checks: ConnectionChecks) {
      this.journal = journal;
      this.checks = checks;
    }

    /** While Redis is away the acknowledgements wait, or every entry they name would be published again for nothing. */
    @EventPattern<string>(recordedQueue(app))
    async forget(@Payload() batch: IncomingMessage[]): Promise<BatchResult> {
      const recorded = batch.flatMap(({ body }) => isRecordedEvents(body) ? body.messageIds : []);
      try {
        for (let from = 0; from < recorded.length; from += MAX_RECORDED_EVENTS) await this.journal.forget(recorded.slice(from, from + MAX_RECORDED_EVENTS));
      } catch (error) {
        return { kind: 'not-now', reason: String(error) };
      }
      return batch.map(({ body }) => this.settle(body));
    }

    private settle(body: unknown): Settlement {
      if (isConnectionTest(body)) this.checks.test(body);
      else if (!isRecordedEvents(body)) return { kind: 'dead', reason: 'not a list of recorded events', code: 'recorded-unreadable' };
      return 'done';
    }
  }
  return RecordedConsumer;
}

function isRecordedEvents(body: unknown): body is RecordedEvents {
  return recordedEventsProblems(body).length === 0;
}
