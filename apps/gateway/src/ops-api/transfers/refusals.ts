import { nextOpening } from '../../channels/sending-hours.ts';
import type { ReplayFacts } from '../../ledger/operation-transfer-rows.ts';
import type { Refused } from '../../operations/act-on-transfer.ts';
import type { ReplayRefusal } from '../../operations/judge-replay.ts';
import { beijingTimeOrNull } from '../beijing-time.ts';
import { OpsProblem } from '../problems/ops-problem.ts';

type Code = ReplayRefusal | 'not-deliverable' | 'transfer-unknown';

type Words = (facts: ReplayFacts | null) => { readonly detail: string; readonly detailZh: string };

const TEXTS: Readonly<Record<Code, Words>> = {
  'transfer-unknown': () => ({ detail: 'The ledger has no transfer with this id.', detailZh: '台账中没有这个编号的投递。' }),
  'already-delivered': () => ({ detail: 'It reached its destination; there is nothing to send or discard.', detailZh: '它已送达目的地，无须重发，也不能放弃。' }),
  'already-discarded': () => ({ detail: 'A person gave it up for good.', detailZh: '它已被放弃，不能再投递。' }),
  'not-failed': (facts) => ({
    detail: `It is ${facts?.status ?? 'on its way'}: wait for its end, or look again.`, detailZh: '它还在投递中（或在等待），请等它有了结果再看。',
  }),
  claimed: (facts) => ({
    detail: `The operation ${facts?.claimed_by ?? ''} has it in hand; wait for it or cancel it.`,
    detailZh: `批量操作 ${facts?.claimed_by ?? ''} 正在处理它；请等其结束，或先取消。`,
  }),
  stale: () => ({
    detail: 'A later update of this case and destination has gone out; this one may only be discarded into the case\'s history.',
    detailZh: '该办件发往同一目的地的后续进度已经发出；这一条只能放弃并记入办件历史。',
  }),
  'awaiting-hall': () => ({
    detail: 'It was returned to its hall, whose correction has not come. Wait for it, or take the return back (POST …/return/take-back), which is recorded.',
    detailZh: '它已退回大厅，正等大厅更正。请等更正，或撤回退回（POST …/return/take-back，留痕）后再处理。',
  }),
  'edit-pending': () => ({
    detail: 'An edit of it waits for a second person. Approve or reject that edit first (GET /api/edits).',
    detailZh: '它有一次更正在等待批准；请先批准或驳回那一次（GET /api/edits）。',
  }),
  'not-its-turn': (facts) => ({
    detail: `The transfer ${facts?.behind ?? ''} of the same case comes first.`, detailZh: `同一办件前面的投递 ${facts?.behind ?? ''} 尚未送达，请先处理它。`,
  }),
  'channel-paused': () => ({ detail: 'Its channel is paused; resume it first.', detailZh: '所在通道已暂停；请先恢复通道。' }),
  'outside-hours': (facts) => {
    const opens = beijingTimeOrNull(nextOpening(facts?.shut_hours ?? null, new Date()));
    return {
      detail: `Its channel sends in its hours only${opens === null ? '' : `; they begin next at ${opens}`}. Ask again then, or have an operation do it, which waits.`,
      detailZh: `所在通道现在不在投递时段${opens === null ? '' : `，下次从 ${clock(opens)} 开始`}。请到时再试，或用批量操作，它会等。`,
    };
  },
  'beyond-dedupe-window': () => ({
    detail: 'Its first attempt is older than what the receiver remembers. Ask the receiver; then send "override": true, which needs the right "approve".',
    detailZh: '首次投递已超出对方识别重复的期限，重发可能重复生效。请先向对方核实；确需重发，由有批准权限（approve）的人带上 "override": true。',
  }),
  'not-deliverable': () => ({ detail: 'Its content breaks the contract of today; mend it and then replay.', detailZh: '报文不合现行契约；请先更正再投递。' }),
};

/** A moment as people say it: `2026-11-24 08:30`. */
function clock(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}

/** The problem that says why nothing was done, and what to do instead. */
export function refusal({ code, facts, problems }: Refused<ReplayRefusal | 'not-deliverable'>): OpsProblem {
  return new OpsProblem(code, TEXTS[code](facts), problems);
}

/** The Chinese sentence alone. */
export function refusalZh(code: ReplayRefusal | 'not-deliverable', facts: ReplayFacts): string {
  return TEXTS[code](facts).detailZh;
}
