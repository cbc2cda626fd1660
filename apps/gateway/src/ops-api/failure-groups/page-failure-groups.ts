import { periodStart } from '../beijing-time.ts';
import type { Reading } from '../ops-ledger.ts';
import { decodeSeenPlace, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { bucketFailureGroups } from '../queries/bucket-failure-groups.ts';
import type { BucketField } from '../queries/bucket-failure-groups.ts';
import type { FailureGroupFilter } from '../queries/failure-group-filter.ts';
import { countStruckSince, ledgerMicros, listFailureGroups } from '../queries/list-failure-groups.ts';
import type { FailureGroupPage } from './failure-group.answer.ts';
import type { FailureGroupQuery } from './failure-group.query.ts';
import { showFailureBucket, showFailureGroup } from './show-failure-group.ts';

/** Buckets are few by nature: kinds, halls, statuses, fields of the contract. */
const MOST_BUCKETS = 200;

/** The groups that a query asks for, one by one or put together. */
export function pageFailureGroups(trx: Reading, query: FailureGroupQuery): Promise<FailureGroupPage> {
  const { by } = query;
  return by === 'signature' ? groupsOf(trx, query) : bucketsOf(trx, by, query);
}

/**
 * A group that strikes again during a walk goes to the front of the list, where the walk has been: the cursor remembers when the walk
 * began, and every page says how many those are.
 */
async function groupsOf(trx: Reading, query: FailureGroupQuery): Promise<FailureGroupPage> {
  const filter = filterOf(query);
  const place = decodeSeenPlace(query.cursor);
  const began = place?.began ?? await ledgerMicros(trx);
  const rows = await listFailureGroups(trx, filter, place, query.limit + 1);
  const page = pageOf(rows, query.limit, (row) => encodeCursor([row.seen_micros, row.id, began]), (row) => showFailureGroup(row, query.since !== undefined));
  return { by: 'signature', ...page, buckets: [], moreBuckets: false, struckMeanwhile: place === null ? 0 : await countStruckSince(trx, filter, began) };
}

async function bucketsOf(trx: Reading, by: BucketField, query: FailureGroupQuery): Promise<FailureGroupPage> {
  const rows = await bucketFailureGroups(trx, by, filterOf(query), MOST_BUCKETS + 1);
  const buckets = rows.slice(0, MOST_BUCKETS).map((row) => showFailureBucket(by, row));
  return { by, items: [], buckets, moreBuckets: rows.length > MOST_BUCKETS, struckMeanwhile: 0, nextCursor: null };
}

function filterOf({ status, class: failureClass, destination, hall, since }: FailureGroupQuery): FailureGroupFilter {
  return { status, failureClass, destination, hall, since: since === undefined ? undefined : periodStart(since) };
}
