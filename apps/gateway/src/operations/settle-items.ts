import { listSent, releaseClaims, writeSteps } from '../ledger/operation-item-rows.ts';
import type { ItemStep, SentItem } from '../ledger/operation-item-rows.ts';
import type { OperationNow } from '../ledger/operation-rows.ts';
import type { ItemState } from '../ledger/operation-tables.ts';
import { signatureOf } from './freeze-selection.ts';
import { remember } from './judge-abort.ts';
import type { StepContext } from './step-context.ts';

/** What became of what was sent. */
export interface Settled {
  readonly underWay: number;
  /** A failure of a kind that none of the frozen set had. */
  readonly newFailure: boolean;
  readonly change: Pick<OperationNow, 'delivered' | 'failed' | 'discarded' | 'troubled' | 'recent_judged' | 'recent_troubled'>;
}

/** Looks what became of the transfers that an operation has sent, and lets go of those that have ended. */
export async function settleItems({ trx }: StepContext, operation: OperationNow): Promise<Settled> {
  const sent = await listSent(trx, operation.id);
  const moved = sent.flatMap((item) => {
    const step = settleItem(item);
    return step === null ? [] : [{ item, step }];
  });
  await writeSteps(trx, operation.id, moved.map(({ step }) => step));
  const ended = moved.filter(({ step }) => step.state !== 'sent');
  await releaseClaims(trx, operation.id, ended.map(({ item }) => item.transfer_id));
  // One that is troubled is judged when that shows, not once more at its end.
  const judged = moved.filter(({ item }) => !item.troubled);
  const troubled = judged.filter(({ step }) => step.troubled);
  const recent = remember({ judged: operation.recent_judged, troubled: operation.recent_troubled }, judged.length, troubled.length);
  const ends = (state: ItemState): number => ended.filter(({ step }) => step.state === state).length;
  return {
    underWay: sent.length - ended.length,
    newFailure: troubled.some(({ step }) => step.signature !== null && !operation.signatures.includes(step.signature)),
    change: {
      delivered: operation.delivered + ends('delivered'), failed: operation.failed + ends('failed'), discarded: operation.discarded + ends('discarded'),
      troubled: operation.troubled + troubled.length, recent_judged: recent.judged, recent_troubled: recent.troubled,
    },
  };
}

/**
 * How an item went on; null when there is nothing new. Troubled is what did not arrive at the attempt it was sent with, also when it
 * arrives later.
 */
export function settleItem(item: SentItem): ItemStep | null {
  const { seq, status, attempt } = item;
  const again = item.attempts > attempt || status === 'retry_wait';
  const step = { seq, note: null, attempt: null };
  if (status === 'delivered') return { ...step, state: 'delivered', troubled: item.troubled || again, signature: null };
  if (status === 'failed' || status === 'discarded') return { ...step, state: status, troubled: true, signature: signatureOf(item) };
  return again && !item.troubled ? { ...step, state: 'sent', troubled: true, signature: signatureOf(item) } : null;
}
