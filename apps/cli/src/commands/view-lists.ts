import { plain, shortTime } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { casesText } from './cases.ts';
import type { Case } from './cases.ts';
import { transfersText } from './transfers.ts';
import type { Transfer } from './transfers.ts';

/** The list behind a screen that views are kept for, and how people see a page of it. */
interface ViewList {
  readonly path: string;
  show(items: readonly unknown[], out: Output): string;
}

type Fields = Readonly<Record<string, string | number | boolean | null>>;
/** A heading, and what it shows of an item. */
type Column = readonly [heading: string, field: string, form?: (value: string) => string];

export const VIEW_SCREENS = ['cases', 'transfers', 'failure-groups', 'operations', 'refusals', 'dead-letters'] as const;
export type ViewScreen = (typeof VIEW_SCREENS)[number];

export const VIEW_LISTS: Readonly<Record<ViewScreen, ViewList>> = {
  cases: { path: '/api/cases', show: (items, out) => casesText(items as readonly Case[], out) },
  transfers: { path: '/api/transfers', show: (items, out) => transfersText(items as readonly Transfer[], out) },
  'failure-groups': list('/api/failure-groups', [['编号', 'groupId'], ['状态', 'statusZh'], ['负责人', 'owner'], ['现在失败', 'failedNow'], ['办件', 'casesNow'], ['最近', 'lastSeenAt', shortTime]]),
  operations: list('/api/operations', [['编号', 'operationId'], ['操作', 'kindZh'], ['状态', 'statusZh'], ['发起', 'creator'], ['理由', 'reason'], ['创建', 'createdAt', shortTime]]),
  refusals: list('/api/refusals', [['编号', 'refusalId'], ['登记', 'recordedAt', shortTime], ['发送方', 'senderZh'], ['代码', 'code'], ['原因', 'reasonZh'], ['事件标识', 'eventId']]),
  'dead-letters': list('/api/dead-letters', [['编号', 'deadLetterId'], ['登记', 'recordedAt', shortTime], ['队列', 'queue'], ['状态', 'statusZh'], ['办件编号', 'projectNo'], ['原因', 'reason']]),
};

function list(path: string, columns: readonly Column[]): ViewList {
  const cellOf = (item: Fields, [, field, form]: Column): string => {
    const value = item[field];
    return form !== undefined && typeof value === 'string' ? form(value) : plain(value);
  };
  return { path, show: (items, out) => out.table(columns.map(([heading]) => heading), (items as readonly Fields[]).map((item) => columns.map((column) => cellOf(item, column)))) };
}
