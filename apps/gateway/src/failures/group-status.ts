/** Where a failure group stands (失败分组状态). What is ignored is still counted. */
export const GROUP_STATUSES = { new: '新', acknowledged: '已确认', 'in-progress': '处理中', resolved: '已解决', ignored: '已忽略' } as const;

export type GroupStatus = keyof typeof GROUP_STATUSES;

/** What a person may make of a group. `new` is nobody's to choose: a failure makes it so, at first and when it comes back after `resolved`. */
const NEXT: Readonly<Record<GroupStatus, readonly GroupStatus[]>> = {
  new: ['acknowledged', 'in-progress', 'resolved', 'ignored'],
  acknowledged: ['in-progress', 'resolved', 'ignored'],
  'in-progress': ['acknowledged', 'resolved', 'ignored'],
  resolved: ['in-progress', 'ignored'],
  ignored: ['acknowledged', 'in-progress', 'resolved'],
};

/** What a person may make of a group in this state. */
export function nextStatuses(status: GroupStatus): readonly GroupStatus[] {
  return NEXT[status];
}
