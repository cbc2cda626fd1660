import type { Transaction } from 'kysely';
import { countInGroups } from '../ledger/failure-rows.ts';
import type { GroupIncrement } from '../ledger/failure-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { failureSignature } from './failure-signature.ts';
import { isForPeople } from './failure.ts';
import type { Failure } from './failure.ts';

/** A failure and when it happened, by the ledger's clock. */
export interface TimedFailure extends Failure {
  readonly at: Date;
}

const HOUR_MS = 3_600_000;

/** The group of a failure; `null` for a canary's. */
export function failureGroupOf(failure: Failure): string | null {
  return isForPeople(failure) ? failureSignature(failure).id : null;
}

/**
 * Counts what failed in its groups: one statement, and none when nothing failed. Once in a transaction, and last: from here to the commit
 * whoever counts the same failures waits.
 */
export async function countFailures(trx: Transaction<LedgerTables>, failures: readonly TimedFailure[]): Promise<void> {
  const groups = Map.groupBy(failures.filter(isForPeople).map(incrementOf), ({ id, hour }) => `${id} ${hour.getTime()}`);
  if (groups.size > 0) await countInGroups(trx, [...groups.values()].map((same) => same.reduce(sum)));
}

function incrementOf(failure: TimedFailure): GroupIncrement {
  const { id, signature, text, failureClass } = failureSignature(failure);
  const { destination, at } = failure;
  const hour = new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);
  return { id, signature, text, class: failureClass, destination, hour, count: 1, first_at: at, last_at: at };
}

function sum(one: GroupIncrement, other: GroupIncrement): GroupIncrement {
  return {
    ...one, count: one.count + other.count,
    first_at: one.first_at < other.first_at ? one.first_at : other.first_at,
    last_at: one.last_at > other.last_at ? one.last_at : other.last_at,
  };
}
