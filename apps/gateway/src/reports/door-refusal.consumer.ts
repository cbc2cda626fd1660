import type { BatchResult, IncomingMessage } from '#bus';
import { QUEUES } from '#contracts';
import type { DoorRefusal } from '#contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Kysely } from 'kysely';
import { doorRefusalsTotal } from '../gateway.metrics.ts';
import { insertDoorRefusals } from '../ledger/door-refusal-rows.ts';
import { settleBatch } from '../ledger/settle-batch.ts';
import type { Read } from '../ledger/settle-batch.ts';
import type { LedgerTables } from '../ledger/tables.ts';

/** What the doors refused (入口拒收): recorded, so that a person sees who keeps knocking wrongly. */
@Controller()
export class DoorRefusalConsumer {
  private readonly db: Kysely<LedgerTables>;

  constructor(db: Kysely<LedgerTables>) {
    this.db = db;
  }

  @EventPattern(QUEUES.doorRefusals)
  handle(@Payload() batch: IncomingMessage[]): Promise<BatchResult> {
    return settleBatch(batch, readRefusal, async (refusals) => {
      await insertDoorRefusals(this.db, refusals);
      for (const { app, code } of refusals) doorRefusalsTotal.inc({ door: app, code });
    });
  }
}

function readRefusal(message: IncomingMessage): Read<DoorRefusal> {
  const { body } = message;
  const readable = typeof body === 'object' && body !== null
    && ['refusalId', 'at', 'app', 'path', 'code'].every((name) => typeof Reflect.get(body, name) === 'string')
    && Array.isArray(Reflect.get(body, 'problems'));
  return readable ? { item: body as DoorRefusal } : { settlement: { kind: 'dead', code: 'contract-broken', reason: 'the body is no door refusal' } };
}
