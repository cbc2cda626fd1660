/**
 * Why an event is not applied: the code that programs read, and the sentences that people read.
 * `{event}` and `{status}` stand for the Chinese name (zh) or the technical name (en) of the event and of the case's status.
 */
export const LIFECYCLE_CODES = {
  // refused
  'not-your-event': { zh: '发送方无权发送“{event}”', en: 'the sender has no authority for {event}' },
  'not-your-case': { zh: '该办件属于其他大厅，不能发送“{event}”', en: 'the case belongs to another hall, which alone may send {event}' },
  'not-your-record': { zh: '只能更正本方产生的数据', en: 'a party may correct only records of its own' },
  'not-a-case-event': { zh: '“{event}”不是办件事件', en: '{event} is not an event of a case' },
  'project-no-taken': { zh: '办件编号已被另一次收件使用', en: 'the project number already belongs to another receipt' },
  'first-sequence-not-1': { zh: '收件是本办件的第一个事件，序号应为 1', en: 'case.received opens the numbering of a case: its sequence must be 1' },
  'case-closed': { zh: '办件已是“{status}”，不再接受“{event}”', en: 'the case has ended as {status}; {event} is no longer possible' },
  'illegal-transition': { zh: '办件处于“{status}”，不能“{event}”', en: '{event} is not possible while the case is {status}' },
  'reason-missing': { zh: '必须写明原因', en: 'a reason is required' },
  'formal-check-not-passed': { zh: '形式审查未通过，不能收件', en: 'only a case whose formal check passed may be received' },
  'material-not-taken': { zh: '必备材料未收取', en: 'a required material was not taken' },
  'nothing-asked': { zh: '补正告知必须列明材料', en: 'a supplement notice must list the materials it asks for' },
  'supplement-rounds-used-up': { zh: '补正次数已达上限', en: 'the case has had all the supplement rounds it may have' },
  'supplement-after-acceptance': { zh: '受理后不得要求补正', en: 'materials may not be asked for after acceptance' },
  'supplement-round-mismatch': { zh: '补正次序号与办件不符', en: 'the number of the supplement round does not match the case' },
  'supplement-incomplete': { zh: '补正材料未覆盖告知清单', en: 'the materials do not cover the list of the supplement notice' },
  'return-code-mismatch': { zh: '退件代码与当前状态不符', en: 'this return code is not possible in the present status' },
  'supplement-not-overdue': { zh: '补正期限未到，不能按补正超期退件', en: 'the time given for the supplement has not passed yet' },
  'accepted-before-receipt': { zh: '受理时间早于收件（或补正收件）时间', en: 'the acceptance lies before the receipt (or the last supplement)' },
  'decision-not-expected': { zh: '只有即办件办结时可同时给出审核决定', en: 'only an immediate case (projectType 1) is completed together with its decision' },
  'decision-missing': { zh: '办结前没有审核决定', en: 'the completion carries no decision, and none was made before' },
  'result-disagrees': { zh: '办结结果与审核决定不一致', en: 'the result code disagrees with the decision' },
  // parked
  'case-unknown': { zh: '尚未收到该办件的收件，先行挂起', en: 'no receipt of this case has come yet; kept until it does' },
  'sequence-gap': { zh: '前面的事件尚未到达，先行挂起', en: 'an earlier event of this sender is still missing; kept until it comes' },
  'too-early': { zh: '办件处于“{status}”，“{event}”先行挂起，等待前序事件', en: '{event} cannot follow {status} directly; kept until its predecessor comes' },
  // ignored
  'already-received': { zh: '该收件已登记', en: 'this receipt is known already' },
  'already-acknowledged': { zh: '送达已确认', en: 'the delivery is acknowledged already' },
  'old-version': { zh: '数据版本不高于已有版本', en: 'the data version is not higher than the one known' },
  'old-sequence': { zh: '该序号的事件已处理', en: 'the event with this number was handled already' },
} as const satisfies Record<string, { zh: string; en: string }>;

export type LifecycleCode = keyof typeof LIFECYCLE_CODES;
