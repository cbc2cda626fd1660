import { metricsRegistry } from '#runtime';
import { Counter, Gauge } from 'prom-client';
import type { OperationStand } from '../ledger/operation-watch-rows.ts';
import type { AbortReason } from './judge-abort.ts';
import type { StepOutcome } from './step-context.ts';

const registers = [metricsRegistry];
const operations = new Gauge({ name: 'jiujin_operations', help: 'Bulk operations that are not over, by status', labelNames: ['status'], registers });
const items = new Gauge({ name: 'jiujin_operation_items', help: 'Transfers of bulk operations that are not over, by where they stand', labelNames: ['state'], registers });
const allowed = new Gauge({ name: 'jiujin_operation_rate_allowed', help: 'Transfers per second that the operations under way may send together', registers });
const pausedSeconds = new Gauge({ name: 'jiujin_operation_paused_seconds', help: 'How long the longest paused operation has been paused; 0 for none', registers });
const stepFailures = new Gauge({ name: 'jiujin_operation_step_failures', help: 'How often in a row a step failed, of the operation that is worst', registers });
const movedTotal = new Counter({ name: 'jiujin_operation_transfers_total', help: 'Transfers sent, discarded or returned by operations of this gateway: its rate is theirs', registers });
const abortedTotal = new Counter({ name: 'jiujin_operations_aborted_total', help: 'Operations that stopped themselves at this gateway', labelNames: ['reason'], registers });

const ALIVE = ['freezing', 'preflight', 'awaiting-approval', 'ready', 'canary', 'running', 'paused'] as const;
const GOING: readonly string[] = ['canary', 'running'];
const REASONS: readonly AbortReason[] = ['new-failure', 'failure-ratio'];

// A counter that first shows itself with 1 has risen in nobody's eyes.
for (const reason of REASONS) abortedTotal.inc({ reason }, 0);

/** Counts what one step did, once it is committed. */
export function countStep({ moved = 0, aborted }: StepOutcome): void {
  movedTotal.inc(moved);
  if (aborted !== undefined) abortedTotal.inc({ reason: aborted });
}

/** Shows how operations stand. Every status has its value, also while there is no operation. */
export function measureOperations(stands: readonly OperationStand[], now: Date): void {
  const open = stands.filter(({ finished_at: end }) => end === null);
  operations.reset();
  for (const status of ALIVE) operations.set({ status }, open.filter((one) => one.status === status).length);
  const sum = (of: (one: OperationStand) => number, among = open): number => among.reduce((total, one) => total + of(one), 0);
  items.set({ state: 'pending' }, sum(({ frozen, sent, skipped }) => frozen - sent - skipped));
  items.set({ state: 'sent' }, sum(({ sent, delivered, failed, discarded, returned }) => sent - delivered - failed - discarded - returned));
  items.set({ state: 'delivered' }, sum(({ delivered }) => delivered));
  items.set({ state: 'failed' }, sum(({ failed }) => failed));
  items.set({ state: 'discarded' }, sum(({ discarded }) => discarded));
  items.set({ state: 'returned' }, sum(({ returned }) => returned));
  items.set({ state: 'skipped' }, sum(({ skipped }) => skipped));
  allowed.set(sum(({ rate_per_second: rate }) => rate, open.filter(({ status }) => GOING.includes(status))));
  pausedSeconds.set(Math.max(0, ...open.flatMap(({ status, paused_at: at }) => (status === 'paused' && at !== null ? [(now.getTime() - at.getTime()) / 1_000] : []))));
  stepFailures.set(Math.max(0, ...open.map(({ step_failures: failures }) => failures)));
}
