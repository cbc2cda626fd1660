import type { Transaction } from 'kysely';
import type { Caller } from '../access/caller.ts';
import { recordAction } from '../evidence/record-action.ts';
import type { LedgerTables } from '../ledger/tables.ts';

/** The bridge itself, where nobody else acts. */
export const BRIDGE = { id: 'service:bridge', name: '就近办桥接', address: '' };

/** One step of an operation, as its history tells it. */
export interface OperationStep {
  readonly operationId: string;
  /** What was done, such as `paused`. */
  readonly what: string;
  readonly reason?: string;
  readonly result?: string;
  readonly caller?: Pick<Caller, 'id' | 'name' | 'address'>;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Records a step of an operation in the chain of evidence; last in its transaction. */
export async function recordStep(trx: Transaction<LedgerTables>, { operationId, what, reason = '', result = 'done', caller = BRIDGE, facts = {} }: OperationStep): Promise<void> {
  await recordAction(trx, { caller, action: `operation.${what}`, subjectKind: 'operation', subject: operationId, reason, result, facts });
}
