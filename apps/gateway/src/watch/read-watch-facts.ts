import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { loadCanaryFacts } from '../ledger/canary-rows.ts';
import { loadPauses } from '../ledger/channel-rows.ts';
import { loadSettings } from '../ledger/channel-settings-rows.ts';
import { loadCaughtUp } from '../ledger/evidence-messages.ts';
import { loadCircuits, loadInstances } from '../ledger/edge-rows.ts';
import type { CircuitRow, EdgeInstanceRow } from '../ledger/edge-rows.ts';
import { loadLateDeliveries, loadOperationStands } from '../ledger/operation-watch-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { countDeadLetters, countFailed, countOverdueRetries, countParkedSince, countUnanswered, countUnpublished, loadLongestWaiting } from '../ledger/trouble-rows.ts';
import type { LongestWaiting } from '../ledger/trouble-rows.ts';
import { expectedConsumers, livingAfter } from './living-programs.ts';
import type { QueueFigure } from './queue-figures.ts';
import type { QueueFact, StandingDestination, WatchFacts } from './watch-facts.ts';
import type { WatchLimits } from './watch-limits.ts';

const DEAD_LETTERS_MS = 24 * 3_600_000;
/** How long it is told that an operation stopped itself, and that what was given up had arrived: nobody can take either back. */
const ABORTED_MS = 24 * 3_600_000;
const LATE_DELIVERIES_MS = 7 * 24 * 3_600_000;

/** What a gateway knows beside the ledger. */
export interface Looked extends Pick<WatchFacts, 'now' | 'watchingSince' | 'brokerAwaySince'> {
  readonly figures: readonly QueueFigure[] | null;
  /** Queues with fewer consumers than expected, and since when; brought up to date here. */
  readonly shortSince: Map<string, Date>;
  /** The longest overdue transfer of each destination, and since when it has been that; brought up to date here. */
  readonly standing: Map<string, StandingDestination>;
}

/** Reads everything that alerts are judged by. Each question is answered from an index and counts no more than a bounded number of rows. */
export async function readWatchFacts(trx: Kysely<LedgerTables>, looked: (now: Date) => Looked, limits: WatchLimits): Promise<WatchFacts> {
  const { rows: [clock] } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(trx);
  if (clock === undefined) throw new Error('the ledger did not say what time it is');
  const { figures, shortSince, standing, ...known } = looked(clock.now);
  const ago = (ms: number): Date => new Date(clock.now.getTime() - ms);
  const programs = await loadInstances(trx);
  const circuits = await loadCircuits(trx);
  return {
    ...known, programs, circuits,
    queues: figures === null ? null : queueFacts(figures, livingAfter(programs, ago(limits.silentMs)), circuits, shortSince, clock.now),
    unanswered: await countUnanswered(trx),
    standing: standingSince(await loadLongestWaiting(trx), standing, clock.now),
    unpublished: await countUnpublished(trx, ago(limits.retryMs)),
    overdueRetries: await countOverdueRetries(trx, ago(limits.retryMs)),
    failed: await countFailed(trx),
    parked: await countParkedSince(trx, ago(limits.parkedMs)),
    deadLetters: await countDeadLetters(trx, ago(DEAD_LETTERS_MS)),
    canaries: await loadCanaryFacts(trx, limits.canaryEnd),
    evidenceCaughtUpAt: await loadCaughtUp(trx),
    pauses: await loadPauses(trx),
    channelSettings: await loadSettings(trx),
    operations: await loadOperationStands(trx, ago(ABORTED_MS)),
    lateDeliveries: await loadLateDeliveries(trx, ago(LATE_DELIVERIES_MS)),
  };
}

function standingSince(waiting: readonly LongestWaiting[], known: Map<string, StandingDestination>, now: Date): StandingDestination[] {
  const standing = waiting.map((one) => {
    const before = known.get(one.destination);
    return { ...one, since: before?.id === one.id ? before.since : now };
  });
  known.clear();
  for (const one of standing) known.set(one.destination, one);
  return standing;
}

function queueFacts(
  figures: readonly QueueFigure[], living: readonly EdgeInstanceRow[], circuits: readonly CircuitRow[], shortSince: Map<string, Date>, now: Date,
): QueueFact[] {
  return figures.map(({ spec: { name, purpose, consumer }, destination, state }) => {
    const expected = expectedConsumers({ consumer, destination }, living, circuits);
    const present = state?.consumers ?? 0;
    if (present >= expected) shortSince.delete(name);
    else if (!shortSince.has(name)) shortSince.set(name, now);
    return { name, purpose, consumer, destination, missing: state === null, ready: state?.messages ?? 0, present, expected, shortSince: shortSince.get(name) ?? null };
  });
}
