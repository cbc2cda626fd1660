import type { Destination, LifecyclePolicy } from '#contracts';
import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import { rowToOrder } from '../dispatch/transfer-order.ts';
import type { OrderedTransfer } from '../dispatch/transfer-order.ts';
import { countFailures } from '../failures/count-failures.ts';
import { findEvents, insertDuplicates } from '../ledger/event-rows.ts';
import type { KnownRow } from '../ledger/event-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { loadUnanswered } from '../ledger/transfer-rows.ts';
import { resumeReturned } from '../revisions/resume-returned.ts';
import { eventKey } from './arrived-event.ts';
import type { ArrivedEvent } from './arrived-event.ts';
import type { JudgedEvent } from './batch-memory.ts';
import { lockBatch } from './batch-time.ts';
import type { BatchTime, Patience } from './batch-time.ts';
import { failuresOf } from './failed-transfers.ts';
import { findDuplicates } from './find-duplicates.ts';
import type { Duplicate } from './find-duplicates.ts';
import { loadMemory } from './load-memory.ts';
import type { LoadedMemory } from './load-memory.ts';
import { planBatch, planWaiting } from './plan-batch.ts';
import type { PlannedTransfer } from './plan-transfers.ts';
import { writeBatch } from './write-batch.ts';
import type { EventSeqs } from './write-batch.ts';

/** What applying needs beside the ledger itself. */
export interface ApplyOptions {
  readonly keys: KeyRing;
  readonly policy: LifecyclePolicy;
  readonly patience: Patience;
  /** How long the receiver recognises a repetition, in milliseconds; null for ever. */
  readonly windowOf: (destination: Destination) => number | null;
}

/** What a batch came to, once its transaction is committed. */
export interface AppliedBatch {
  readonly judged: readonly JudgedEvent[];
  readonly unparked: readonly JudgedEvent[];
  readonly duplicates: readonly Duplicate[];
  readonly transfers: readonly PlannedTransfer[];
  /** What must be published now. */
  readonly orders: readonly OrderedTransfer[];
}

/**
 * Locks the cases of a batch and applies it, inside the caller's transaction. The lock and what is asked under it are one trip: the server takes
 * them in this order, and each question sees what was committed before it was its turn.
 */
export async function applyEvents(trx: Transaction<LedgerTables>, arrivals: readonly ArrivedEvent[], options: ApplyOptions): Promise<AppliedBatch> {
  const [time, found] = await Promise.all([lockBatch(trx, arrivals.map((arrived) => arrived.orderKey), options.patience), lookUp(trx, arrivals, options.keys)]);
  const applied = await applyLocked(trx, arrivals, found, time, options);
  await countFailures(trx, failuresOf(applied.transfers, time.at));
  return applied;
}

/** What the ledger knows of a batch before it is applied. */
export interface LookedUp {
  /** What the inbox has of its events. */
  readonly known: readonly KnownRow[];
  readonly memory: LoadedMemory;
}

/** Asks the ledger about a batch whose cases are locked: nobody else can add an event of theirs, so the answers stay true until the commit. */
export async function lookUp(trx: Transaction<LedgerTables>, arrivals: readonly ArrivedEvent[], keys: KeyRing): Promise<LookedUp> {
  const events = arrivals.map(({ event }) => event);
  const [known, memory] = await Promise.all([
    findEvents(trx, events.map(({ source, id }) => ({ source, event_id: id }))), loadMemory(trx, orderKeysOf(arrivals), events, keys),
  ]);
  return { known, memory };
}

/**
 * Applies a batch by what {@link lookUp} found. An event seen before is not applied. When its message may have been worked on before, an order
 * that was committed may never have been published: what its case has under way is then ordered once more. What failed is left for the caller to
 * count, with the rest of its transaction.
 */
export async function applyLocked(
  trx: Transaction<LedgerTables>, arrivals: readonly ArrivedEvent[], found: LookedUp, time: BatchTime, options: ApplyOptions,
): Promise<AppliedBatch> {
  const known = new Map(found.known.map((row) => [eventKey({ source: row.source, id: row.event_id }), row]));
  const { fresh, duplicates } = findDuplicates(arrivals, known);
  const unanswered = await ordersLost(trx, duplicates, options.keys);
  const memory = { ...found.memory, time };
  const plan = planBatch(memory, fresh, options.policy);
  const { seqs, outgoing } = await writeBatch(trx, memory, plan, options.keys, time);
  const resumed = await resumeReturned(trx, [...plan.judged, ...plan.unparked], { memory, seqs, time, options });
  await writeDuplicates(trx, duplicates, seqs, time.at);
  return { judged: plan.judged, unparked: plan.unparked, duplicates, transfers: plan.transfers, orders: [...unanswered, ...outgoing.flatMap(orderOf), ...resumed] };
}

/** Locks these cases and asks what waits in them again, inside the caller's transaction. */
export async function applyWaiting(trx: Transaction<LedgerTables>, orderKeys: readonly string[], options: ApplyOptions): Promise<AppliedBatch> {
  const [time, loaded] = await Promise.all([lockBatch(trx, orderKeys, options.patience), loadMemory(trx, orderKeys, [], options.keys)]);
  const memory = { ...loaded, time };
  const plan = planWaiting(memory, options.policy);
  const { seqs, outgoing } = await writeBatch(trx, memory, plan, options.keys, time);
  const resumed = await resumeReturned(trx, plan.unparked, { memory, seqs, time, options });
  await countFailures(trx, failuresOf(plan.transfers, time.at));
  return { ...plan, duplicates: [], orders: [...outgoing.flatMap(orderOf), ...resumed] };
}

function orderKeysOf(arrivals: readonly ArrivedEvent[]): string[] {
  return [...new Set(arrivals.map((arrived) => arrived.orderKey))];
}

async function ordersLost(trx: Transaction<LedgerTables>, duplicates: readonly Duplicate[], keys: KeyRing): Promise<OrderedTransfer[]> {
  const projectNos = duplicates.filter(({ arrived }) => arrived.again).flatMap(({ arrived }) => arrived.projectNo ?? []);
  const rows = projectNos.length === 0 ? [] : await loadUnanswered(trx, projectNos);
  return rows.map((row) => ({ ...rowToOrder(row, keys), resend: true }));
}

async function writeDuplicates(trx: Transaction<LedgerTables>, found: readonly Duplicate[], seqs: EventSeqs, at: Date): Promise<void> {
  const duplicates = found.filter(({ echo }) => !echo);
  if (duplicates.length === 0) return;
  await insertDuplicates(trx, duplicates.map(({ arrived, first, sameBody }) => {
    const seq = 'seq' in first ? first.seq : seqs.get(eventKey(first.event));
    if (seq === undefined) throw new Error('a duplicate has no first in the inbox');
    return { event_seq: seq, door_at: arrived.doorAt, recorded_at: at, same_body: sameBody, digest: arrived.digest, again: arrived.again };
  }));
}

function orderOf(transfer: PlannedTransfer): OrderedTransfer[] {
  if (transfer.payload === null) return [];
  const { id, projectNo, destination, kind, payload, traceId } = transfer;
  return [{ order: { transferId: id, projectNo, destination, kind, attempt: 1, payload }, traceId, resend: false }];
}
