import type { TransferStatus } from '../../ledger/tables.ts';
import type { HeldUpRow, UnappliedRow } from '../queries/reconcile-day.ts';

/** Why a case seems not to have come further (原因), and what mends it. */
export const CAUSES = {
  'dead-lettered': { zh: '有消息成了死信', fix: 'dead-letter' },
  'channel-paused': { zh: '通道暂停，件在台账里等', fix: 'resume-channel' },
  'outside-hours': { zh: '通道不在投递时段，时段开始后发出', fix: 'wait' },
  'channel-limited': { zh: '通道限速，或正在放行积存，轮到时发出', fix: 'wait' },
  'returned-to-hall': { zh: '已退回大厅，等更正', fix: 'ask-hall' },
  failed: { zh: '投递失败', fix: 'replay' },
  'given-up': { zh: '已放弃投递', fix: 'ask-receiver' },
  'in-retry': { zh: '正在重试', fix: 'wait' },
  unpublished: { zh: '投递指令还没有发到队列', fix: 'wait' },
  'in-flight': { zh: '已派出，等回执', fix: 'wait' },
  held: { zh: '等前一条送达', fix: 'wait' },
  'no-transfer': { zh: '台账里没有应有的投递', fix: 'developers' },
  'outcome-waiting': { zh: '中心的结果已到，等前序事件', fix: 'wait' },
  'outcome-refused': { zh: '中心的结果被拒收', fix: 'ask-centre' },
  'awaiting-centre': { zh: '中心尚未答复', fix: 'wait' },
  refused: { zh: '收件被拒', fix: 'ask-hall' },
  waiting: { zh: '收件暂存，等前序事件或收件权限', fix: 'wait' },
  'suppressed-duplicate': { zh: '重复的收件，未再入账', fix: 'none' },
  'refused-at-door': { zh: '在入口被拒', fix: 'ask-hall' },
  'never-received': { zh: '从未收到', fix: 'ask-sender' },
  'other-hall': { zh: '台账里属于别的大厅', fix: 'ask-hall' },
  'not-in-their-list': { zh: '对方清单里没有', fix: 'ask-receiver' },
} as const satisfies Record<string, { zh: string; fix: Fix }>;
export type Cause = keyof typeof CAUSES;

/** What can be done about it (办法). */
export const FIXES = {
  replay: '重新投递：把投递编号交给批量操作（POST /api/operations，selection.transferIds），或单条重投',
  wait: '系统会自己继续；久等不动的，看告警',
  'resume-channel': '核实后恢复通道（POST /api/channels/{channel}/resume）',
  'dead-letter': '处理死信（GET /api/dead-letters?projectNo=…）',
  'ask-hall': '请大厅改正后重新报送，见 /api/refusals',
  'ask-sender': '请对方重新发送这些办件',
  'ask-centre': '请中心核对后重新发送结果，见 /api/refusals',
  'ask-receiver': '请对方按办件编号核对其接收记录',
  developers: '转开发人员，附办件编号',
  none: '不用处理',
} as const satisfies Record<Fix, string>;
export type Fix = 'replay' | 'wait' | 'resume-channel' | 'dead-letter' | 'ask-hall' | 'ask-sender' | 'ask-centre' | 'ask-receiver' | 'developers' | 'none';

const ANSWERED = 4;

/** What holds up a case that stands in the ledger. It is a guess: by the first thing found that a person could do something about. */
export function guessCause(row: Pick<HeldUpRow, 'level' | 'status' | 'paused_channel' | 'held_because' | 'returned' | 'unpublished' | 'dead_letter' | 'centre_outcome'>): Cause {
  if (row.dead_letter) return 'dead-lettered';
  if (row.level === ANSWERED) return causeOfSilence(row.centre_outcome);
  return row.status === null ? 'no-transfer' : BY_STATUS[row.status](row);
}

const BY_STATUS: Readonly<Record<TransferStatus, (row: Pick<HeldUpRow, 'paused_channel' | 'held_because' | 'returned' | 'unpublished'>) => Cause>> = {
  failed: ({ returned }) => (returned ? 'returned-to-hall' : 'failed'),
  discarded: () => 'given-up',
  retry_wait: () => 'in-retry',
  held: ({ paused_channel: channel, held_because: why }) => (channel === null ? 'held' : BY_CHANNEL[why ?? 'limited']),
  in_flight: ({ unpublished }) => (unpublished ? 'unpublished' : 'in-flight'),
  delivered: () => 'in-flight',
};

const BY_CHANNEL: Readonly<Record<NonNullable<HeldUpRow['held_because']>, Cause>> = { 'paused': 'channel-paused', 'outside-hours': 'outside-hours', 'limited': 'channel-limited' };

function causeOfSilence(outcome: HeldUpRow['centre_outcome']): Cause {
  if (outcome === 'parked') return 'outcome-waiting';
  return outcome === 'refused' ? 'outcome-refused' : 'awaiting-centre';
}

/** Why a receipt made no case. */
export function causeOfReceipt({ outcome }: Pick<UnappliedRow, 'outcome'>): Cause {
  switch (outcome) {
    case 'refused': return 'refused';
    case 'parked': return 'waiting';
    case 'ignored': case 'applied': return 'suppressed-duplicate';
  }
}
