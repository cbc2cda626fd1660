import type { BatchResult, IncomingMessage } from '#bus';
import { QUEUES } from '#contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ReceiveEvents } from '../cases/receive-events.ts';
import { startBatch } from '../gateway.metrics.ts';

/** ⑤ What the centre said: acceptance, supplement notices, returns, steps, decisions, completions. */
@Controller()
export class OutcomeConsumer {
  private readonly receive: ReceiveEvents;

  constructor(receive: ReceiveEvents) {
    this.receive = receive;
  }

  @EventPattern(QUEUES.outcomes)
  async handle(@Payload() batch: IncomingMessage[]): Promise<BatchResult> {
    const done = startBatch(QUEUES.outcomes, batch.length);
    return this.receive.run(batch).finally(done);
  }
}
