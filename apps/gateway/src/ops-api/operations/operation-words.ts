import type { ItemState, ItemVerdict, OperationKind, OperationStatus } from '../../ledger/operation-tables.ts';

export const OPERATION_KINDS: Readonly<Record<OperationKind, string>> = { replay: '重新投递', discard: '放弃', return: '退回大厅更正' };

export const OPERATION_STATUSES: Readonly<Record<OperationStatus, string>> = {
  freezing: '冻结（登记选中的投递）',
  preflight: '预检',
  'awaiting-approval': '待批准',
  ready: '待开始',
  canary: '金丝雀',
  running: '进行中',
  paused: '已暂停',
  completed: '已完成',
  cancelled: '已取消',
  aborted: '已自动中止',
};

export const ITEM_STATES: Readonly<Record<ItemState, string>> = {
  pending: '待投', sent: '已发出', delivered: '已送达', failed: '又失败', discarded: '已放弃', returned: '已退回大厅', skipped: '跳过',
};

export const ITEM_VERDICTS: Readonly<Record<ItemVerdict, string>> = {
  sendable: '可投',
  'endpoint-down': '可投（端点现在不通，恢复后投）',
  duplicate: '重复（已送达、已不是失败，或由别的操作处理）',
  stale: '已过时（后面的进度已发出）',
  invalid: '不合现行契约',
  'beyond-window': '超出对方识别重复的期限',
  waiting: '在等大厅更正，或有待批准的更正',
  'not-returnable': '不能退回大厅',
};

/** Why an operation or one of its items stands where it does. */
export const OPERATION_NOTES: Readonly<Record<string, string>> = {
  'nothing-to-send': '没有可投的投递',
  'not-started': '长时间没有开始，自动取消',
  'new-failure': '出现了此前没有的失败',
  'failure-ratio': '失败比例超过上限',
  waiting: '在等：通道暂停或不在投递时段、端点不通或同一办件前面的投递',
  'outside-hours': '不在投递时段，时段开始后继续',
  'broker-away': '在等 RabbitMQ 恢复',
  'step-failing': '这一步一再出错，隔一会儿再试；见 stepError',
  'by-person': '由人取消',
  'already-delivered': '已送达', 'already-discarded': '已放弃', 'not-failed': '已不是失败', claimed: '由别的操作处理', stale: '已过时',
  'not-its-turn': '同一办件前面有未送达的投递', 'channel-paused': '通道已暂停', 'beyond-dedupe-window': '超出对方识别重复的期限',
  'awaiting-hall': '已退回大厅，等其更正（或撤回退回）', 'edit-pending': '有待批准的更正（先批准或驳回）',
  'already-returned': '已退回大厅，正等其更正', 'not-a-work-item': '不是由大厅数据产生的工单', 'not-a-data-error': '不是因数据有误而失败，大厅无从更正',
  'hall-cannot-correct': '办件已在此状态，大厅不能再更正', 'returned-too-often': '该办件退回的次数已到上限', 'items-broken': '指出的字段或材料不在这条工单里',
  'not-translatable': '按现在的数据和目录不能给大厅发通知', 'not-readable': '大厅报来的数据无法解封：密钥不在密钥环中',
  'not-deliverable': '报文不合契约', 'transfer-unknown': '没有这条投递', cancelled: '操作取消时尚未发出', aborted: '操作中止时尚未发出',
};
