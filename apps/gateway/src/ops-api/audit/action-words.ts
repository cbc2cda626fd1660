/** What people do, in Chinese (操作). One that is newer than this program shows as its code. */
const ACTIONS: Readonly<Record<string, string | undefined>> = {
  'transfer.replayed': '重新投递',
  'transfer.discarded': '放弃投递',
  'transfer.edited': '更正后重新投递',
  'transfer.returned': '退回大厅',
  'transfer.body-seen': '查看投递报文（脱敏）',
  'transfer.revealed': '揭示投递报文中的个人信息',
  'event.body-seen': '查看事件报文（脱敏）',
  'event.revealed': '揭示事件报文中的个人信息',
  'reveal.seen': '查看已揭示的个人信息',
  'evidence.exported': '导出证据链',
  'session.opened': '登录',
  'session.refused': '登录被拒',
  'session.closed': '退出登录',
  'account.created': '创建账号',
  'account.changed': '更改账号',
  'account.password-changed': '修改密码',
  'account.password-reset': '重置密码',
  'api-token.created': '创建访问令牌',
  'api-token.revoked': '撤销访问令牌',
  'channel.paused': '暂停通道',
  'channel.resumed': '恢复通道',
  'failure-group.changed': '处置失败分组',
  'operation.created': '创建批量操作',
  'operation.approved': '批准批量操作',
  'operation.started': '开始批量操作',
  'operation.paused': '暂停批量操作',
  'operation.resumed': '恢复批量操作',
  'operation.cancelled': '取消批量操作',
  'operation.completed': '批量操作完成',
  'operation.aborted': '批量操作自动中止',
  'dead-letter.replayed': '重放死信',
  'dead-letter.repaired': '修复死信',
  'dead-letter.discarded': '放弃死信',
  'dead-letter.body-seen': '查看死信内容',
  'messages.sealed': '封存消息',
};

const RESULTS: Readonly<Record<string, string | undefined>> = { done: '已完成', refused: '被拒绝', failed: '失败' };

const SUBJECTS: Readonly<Record<string, string | undefined>> = {
  transfer: '投递', event: '事件', account: '账号', 'api-token': '访问令牌', channel: '通道', 'failure-group': '失败分组', operation: '批量操作',
  'dead-letter': '死信', evidence: '证据链', reveal: '揭示', events: '事件', attempts: '投递尝试', 'later-reports': '后到的送达回执',
};

export function actionZh(action: string): string {
  return ACTIONS[action] ?? action;
}

export function resultZh(result: string): string {
  return RESULTS[result] ?? result;
}

export function subjectKindZh(kind: string): string {
  return SUBJECTS[kind] ?? kind;
}
