import { FAILURE_CLASSES } from '../../failures/failure-class.ts';
import { GROUP_STATUSES } from '../../failures/group-status.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import type { BucketField, FailureBucketRow } from '../queries/bucket-failure-groups.ts';
import { FAILED_CAP } from '../queries/list-failure-groups.ts';
import type { FailureGroupRow } from '../queries/list-failure-groups.ts';
import { partyZh, transferKindZh } from '../words.ts';
import type { FailureBucketAnswer, FailureGroupAnswer } from './failure-group.answer.ts';

/** A group as it is shown. `since`: whether it was asked what is new since a moment. */
export function showFailureGroup(row: FailureGroupRow, since: boolean): FailureGroupAnswer {
  const { destination, kind, errorWord, errorCode, httpStatus, field } = row.signature;
  return {
    groupId: row.id, version: row.version,
    destination, destinationZh: partyZh(destination),
    transferKind: kind, transferKindZh: transferKindZh(kind),
    errorWord, errorCode, httpStatus, field, text: row.text,
    class: row.class, classZh: FAILURE_CLASSES[row.class].zh,
    status: row.status, statusZh: GROUP_STATUSES[row.status],
    owner: row.owner,
    failedNow: row.failed_now, casesNow: row.cases_now, capped: row.failed_now >= FAILED_CAP,
    newSince: since ? row.new_since : null,
    occurrences: row.occurrences, recurrences: row.recurrences,
    firstSeenAt: beijingTime(row.first_seen_at), lastSeenAt: beijingTime(row.last_seen_at), resolvedAt: beijingTimeOrNull(row.resolved_at),
    hours: [...row.hours],
  };
}

const KEY_ZH: Readonly<Record<BucketField, (key: string) => string>> = {
  type: transferKindZh,
  hall: (key) => partyZh(`hall:${key}`),
  'http-status': (key) => `HTTP ${key}`,
  field: (key) => key,
};
const NONE_ZH: Readonly<Record<BucketField, string>> = { type: '未知', hall: '不属于某个大厅', 'http-status': '没有应答', field: '没有指明字段' };

/** A bucket as it is shown. */
export function showFailureBucket(by: BucketField, row: FailureBucketRow): FailureBucketAnswer {
  return {
    key: row.key, keyZh: row.key === null ? NONE_ZH[by] : KEY_ZH[by](row.key),
    groups: row.groups, failedNow: row.failed_now,
    firstSeenAt: beijingTime(row.first_seen_at), lastSeenAt: beijingTime(row.last_seen_at),
    groupIds: [...row.group_ids],
  };
}
