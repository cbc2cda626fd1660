import type { LifecyclePolicy } from '#contracts';
import type { ArrivedEvent } from './arrived-event.ts';
import type { BatchMemory, JudgedEvent } from './batch-memory.ts';
import { judgeEvent } from './judge-event.ts';
import { planTransfers } from './plan-transfers.ts';
import type { PlannedTransfer } from './plan-transfers.ts';

/** What a batch comes to, ready to be written in one go. */
export interface BatchPlan {
  /** Every event of the batch, in the order of arrival. */
  readonly judged: readonly JudgedEvent[];
  /** Events of earlier batches whose waiting ended. */
  readonly unparked: readonly JudgedEvent[];
  readonly transfers: readonly PlannedTransfer[];
}

/**
 * Applies events to the memory in the order they arrived. After each one that changed something, the events that wait under the same
 * key are asked again, oldest first, until none of them moves. No I/O: the whole batch is decided before a row is written.
 */
export function planBatch(memory: BatchMemory, arrivals: readonly ArrivedEvent[], policy: LifecyclePolicy): BatchPlan {
  const plan = { judged: [] as JudgedEvent[], unparked: [] as JudgedEvent[], transfers: [] as PlannedTransfer[] };
  for (const arrived of arrivals) {
    const { event, progress } = judgeInto(plan, memory, arrived, policy);
    plan.judged.push(event);
    if (event.verdict.outcome === 'parked') waitingUnder(memory, arrived.orderKey).push(event);
    if (progress) retryParked(plan, memory, arrived.orderKey, policy);
  }
  return plan;
}

/** Asks the events that wait under the memory's keys again, though nothing new came under these: what they wait for may have come elsewhere. */
export function planWaiting(memory: BatchMemory, policy: LifecyclePolicy): BatchPlan {
  const plan = { judged: [] as JudgedEvent[], unparked: [] as JudgedEvent[], transfers: [] as PlannedTransfer[] };
  for (const orderKey of memory.parked.keys()) retryParked(plan, memory, orderKey, policy);
  return plan;
}

function judgeInto(plan: Plan, memory: BatchMemory, arrived: ArrivedEvent, policy: LifecyclePolicy): { event: JudgedEvent; progress: boolean } {
  const { verdict, transfers, progress } = judgeEvent(memory, arrived, policy);
  const event: JudgedEvent = { arrived, seq: null, verdict };
  plan.transfers.push(...planTransfers(memory, event, transfers));
  return { event, progress };
}

/** Each round settles at least one waiting event or ends, so there are at most as many rounds as events. */
function retryParked(plan: Plan, memory: BatchMemory, orderKey: string, policy: LifecyclePolicy): void {
  const waiting = waitingUnder(memory, orderKey);
  for (let index = 0; index < waiting.length;) {
    const event = waiting[index];
    if (event === undefined) return;
    const { verdict, transfers, progress } = judgeEvent(memory, event.arrived, policy);
    if (verdict.outcome === 'parked') {
      index += 1;
      continue;
    }
    waiting.splice(index, 1);
    event.verdict = verdict;
    plan.transfers.push(...planTransfers(memory, event, transfers));
    if (event.seq !== null) plan.unparked.push(event);
    if (progress) index = 0;
  }
}

function waitingUnder(memory: BatchMemory, orderKey: string): JudgedEvent[] {
  const waiting = memory.parked.get(orderKey) ?? [];
  memory.parked.set(orderKey, waiting);
  return waiting;
}

type Plan = { [Part in keyof BatchPlan]: BatchPlan[Part] extends readonly (infer Item)[] ? Item[] : never };
