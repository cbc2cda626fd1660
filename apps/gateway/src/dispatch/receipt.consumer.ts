import type { BatchResult, IncomingMessage } from '#bus';
import { QUEUES } from '#contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { startBatch } from '../gateway.metrics.ts';
import { RecordReceipts } from './record-receipts.ts';

/** What the adapters report of each delivery attempt. */
@Controller()
export class ReceiptConsumer {
  private readonly record: RecordReceipts;

  constructor(record: RecordReceipts) {
    this.record = record;
  }

  @EventPattern(QUEUES.receipts)
  async handle(@Payload() batch: IncomingMessage[]): Promise<BatchResult> {
    const done = startBatch(QUEUES.receipts, batch.length);
    return this.record.run(batch).finally(done);
  }
}
