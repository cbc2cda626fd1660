import { pickAnyItems, releaseClaims, writeSteps } from '../ledger/operation-item-rows.ts';
import { changeOperation } from '../ledger/operation-rows.ts';
import type { OperationNow } from '../ledger/operation-rows.ts';
import { STEP_MS } from './pace.ts';
import { recordStep } from './record-step.ts';
import { skipped } from './send-items.ts';
import { settleItems } from './settle-items.ts';
import { AT_ONCE, RESTS } from './step-context.ts';
import type { StepContext, StepOutcome } from './step-context.ts';

const PAGE = 2_000;

/** Ends an operation that was cancelled or aborted: what was not sent is let go, what was sent is followed to its end. */
export async function windDown(context: StepContext, operation: OperationNow): Promise<StepOutcome> {
  const { trx } = context;
  const { id, status } = operation;
  const { underWay, change } = await settleItems(context, operation);
  const rest = await pickAnyItems(trx, id, PAGE);
  await writeSteps(trx, id, rest.map(({ seq }) => skipped(seq, status)));
  await releaseClaims(trx, id, rest.map((item) => item.transfer_id));
  const left = { ...change, skipped: operation.skipped + rest.length };
  if (rest.length === PAGE || underWay > 0) {
    await changeOperation(trx, id, left);
    return rest.length === PAGE ? AT_ONCE : { orders: [], nextMs: 5 * STEP_MS };
  }
  await changeOperation(trx, id, { ...left, finished_at: operation.now });
  await recordStep(trx, { operationId: id, what: 'finished', result: status, facts: figuresOf({ ...operation, ...left }) });
  return RESTS;
}

/** What an operation came to, in numbers. */
export function figuresOf({ frozen, sent, delivered, failed, discarded, returned, skipped: left, troubled }: OperationNow): Record<string, number> {
  return { frozen, sent, delivered, failed, discarded, returned, skipped: left, troubled };
}
