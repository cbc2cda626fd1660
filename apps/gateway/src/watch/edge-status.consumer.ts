import type { BatchResult, IncomingMessage } from '#bus';
import { edgeStatusProblems, QUEUES } from '#contracts';
import type { EdgeStatus } from '#contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Kysely } from 'kysely';
import { recordStatus } from '../ledger/edge-rows.ts';
import { settleBatch } from '../ledger/settle-batch.ts';
import type { Read } from '../ledger/settle-batch.ts';
import type { LedgerTables } from '../ledger/tables.ts';

/** What the adapters say of themselves (适配器状态): their circuits, spool, journal and Redis. */
@Controller()
export class EdgeStatusConsumer {
  private readonly db: Kysely<LedgerTables>;

  constructor(db: Kysely<LedgerTables>) {
    this.db = db;
  }

  @EventPattern(QUEUES.edgeStatus)
  handle(@Payload() batch: IncomingMessage[]): Promise<BatchResult> {
    return settleBatch(batch, readStatus, (reports) => this.db.transaction().execute(async (trx) => {
      for (const report of inLockOrder(reports)) await recordStatus(trx, report);
    }));
  }
}

/** Always in the same order, so that two gateways never wait for each other; the reports of one program as it made them. */
function inLockOrder(reports: readonly EdgeStatus[]): EdgeStatus[] {
  const keyOf = ({ app, instance }: EdgeStatus): string => `${app} ${instance}`;
  return reports.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : Number(keyOf(one) > keyOf(other))));
}

function readStatus(message: IncomingMessage): Read<EdgeStatus> {
  const problems = edgeStatusProblems(message.body);
  if (problems.length === 0) return { item: message.body as EdgeStatus };
  return { settlement: { kind: 'dead', code: 'contract-broken', reason: `the body is no edge status: ${problems.map(({ field }) => field).join(', ').slice(0, 200)}` } };
}
