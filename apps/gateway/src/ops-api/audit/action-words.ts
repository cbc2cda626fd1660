/** What people do, in Chinese (操作). One that is newer than this program shows as its code. */
export const ACTIONS: Readonly<Record<string, string | undefined>> = {
  'transfer.replayed': '重新投递',
  'transfer.discarded': '放弃投递',
  'transfer.edited': '更正后重新投递',
  'transfer.returned': '退回大厅',
  'transfer.return-taken-back': '撤回退回',
  'transfer.returned-by-operation': '批量退回大厅',
  'transfer.edit-proposed': '提出更正（待批准）',
  'transfer.edit-approved': '批准更正并投递',
  'transfer.edit-rejected': '驳回更正',
  'transfer.edit-superseded': '更正作废',
  'transfer.delivered-late': '放弃之后得知已送达',
  'transfer.body-seen': '查看投递报文（脱敏）',
  'transfer.form-seen': '查看更正表单或试算更正（脱敏）',
  'transfer.edit-seen': '查看更正的前后对比（脱敏）',
  'transfer.revealed': '揭示投递报文中的个人信息',
  'transfer.edit-revealed': '揭示待批准更正的原值和新值',
  'event.body-seen': '查看事件报文（脱敏）',
  'event.revealed': '揭示事件报文中的个人信息',
  'reveal.seen': '查看已揭示的个人信息',
  'evidence.exported': '导出证据链',
  'case.evidence-exported': '导出办件证据',
  'session.opened': '登录',
  'session.refused': '登录被拒',
  'session.closed': '退出登录',
  'session.code-given': '统一身份认证通过，待终端登录',
  'account.created': '创建账号',
  'account.roles-changed': '更改角色',
  'account.disabled': '停用账号',
  'account.enabled': '启用账号',
  'account.unlocked': '解锁账号',
  'case.searched-by-identity': '按证件号码查询办件',
  'account.changed': '更改账号',
  'account.password-changed': '修改密码',
  'account.password-reset': '重置密码',
  'api-token.created': '创建访问令牌',
  'api-token.revoked': '撤销访问令牌',
  'channel.paused': '暂停通道',
  'channel.resumed': '恢复通道',
  'channel.settings-changed': '更改通道的限速、投递时段',
  'alert.acknowledged': '确认告警',
  'alert.muted': '静音告警',
  'alert.unmuted': '取消告警静音',
  'maintenance.planned': '登记计划维护',
  'maintenance.changed': '更改计划维护',
  'maintenance.cancelled': '取消计划维护',
  'maintenance.started': '计划维护开始',
  'maintenance.ended': '计划维护结束',
  'shift.signed': '交班签字',
  'failure-group.changed': '处置失败分组',
  'operation.created': '创建批量操作',
  'operation.approved': '批准批量操作',
  'operation.started': '开始批量操作',
  'operation.paused': '暂停批量操作',
  'operation.resumed': '恢复批量操作',
  'operation.cancelled': '取消批量操作',
  'operation.frozen': '冻结选中的投递',
  'operation.examined': '预检',
  'operation.canary-passed': '金丝雀通过',
  'operation.rate-changed': '更改批量操作的速率',
  'operation.finished': '批量操作结束',
  'operation.aborted': '批量操作自动中止',
  'operation.approve': '批准批量操作',
  'operation.start': '开始批量操作',
  'operation.pause': '暂停批量操作',
  'operation.resume': '恢复批量操作',
  'operation.cancel': '取消批量操作',
  'operation.rate': '更改批量操作的速率',
  'operation.acknowledged': '确认批量操作的结果',
  'operation.acknowledge': '确认批量操作的结果',
  'dead-letter.replayed': '重放死信',
  'dead-letter.repaired': '修复死信',
  'dead-letter.discarded': '放弃死信',
  'dead-letter.came-back': '死信送不回队列，回到待处理',
  'dead-letter.body-seen': '查看死信内容',
  'list.exported': '导出清单',
  'connection.tested': '测试连接',
  'reconciliation.list-kept': '收下对账清单',
  'reconciliation.signed-off': '签认对账',
  'saved-view.shared': '共享检索',
  'saved-view.changed': '更改共享的检索',
  'saved-view.deleted': '删除共享的检索',
  'messages.sealed': '封存消息',
};

const RESULTS: Readonly<Record<string, string | undefined>> = { done: '已完成', refused: '被拒绝', failed: '失败' };

const SUBJECTS: Readonly<Record<string, string | undefined>> = {
  case: '办件', transfer: '投递', event: '事件', account: '账号', certificate: '证件（盲索引）', 'api-token': '访问令牌', channel: '通道', alert: '告警', maintenance: '计划维护', shift: '交班', 'failure-group': '失败分组', operation: '批量操作',
  'dead-letter': '死信', list: '清单', reconciliation: '对账', connection: '连接', 'saved-view': '保存的检索', evidence: '证据链', reveal: '揭示', events: '事件', attempts: '投递尝试', 'later-reports': '后到的送达回执', revisions: '修订',
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
