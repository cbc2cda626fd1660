import type { BatchResult, IncomingMessage } from '#bus';
import { QUEUES } from '#contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ReceiveEvents } from '../cases/receive-events.ts';
import { startBatch } from '../gateway.metrics.ts';

/** ② What halls and bureau said: receipts, supplements, withdrawals, paper, permissions. */
@Controller()
export class IntakeConsumer {
  private readonly receive: ReceiveEvents;

  constructor(receive: ReceiveEvents) {
    this.receive = receive;
  }

  @EventPattern(QUEUES.intake)
  async handle(@Payload() batch: IncomingMessage[]): Promise<BatchResult> {
    const done = startBatch(QUEUES.intake, batch.length);
    return this.receive.run(batch).finally(done);
  }
}
