import { RIGHTS } from '../../access/rights.ts';
import type { Right } from '../../access/rights.ts';
import type { OperationStatus } from '../../ledger/operation-tables.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { OPERATION_STATUSES } from './operation-words.ts';

export function unknownOperation(): OpsProblem {
  return new OpsProblem('operation-unknown', { detail: 'There is no operation with this id; see /api/operations.', detailZh: '没有这个编号的批量操作；见 /api/operations。' });
}

export function forbiddenTo(right: Right): OpsProblem {
  return new OpsProblem('forbidden', { detail: `This needs the right "${right}" as well.`, detailZh: `此操作还需要权限“${RIGHTS[right].zh}”（${right}）。` });
}

/** The command does not fit where the operation stands. */
export function wrongState(status: OperationStatus, allowed: readonly OperationStatus[]): OpsProblem {
  return new OpsProblem('wrong-state', {
    detail: `The operation is ${status}; this can be done while it is ${allowed.join(' or ')}.`,
    detailZh: `该操作现在是“${OPERATION_STATUSES[status]}”；只有“${allowed.map((one) => OPERATION_STATUSES[one]).join('”或“')}”时才能这样做。`,
  });
}

/** Nothing is left in sight for nothing: what is still under way has not ended, whatever its status says. */
export function notEnded(status: OperationStatus): OpsProblem {
  return new OpsProblem('wrong-state', {
    detail: `The operation is ${status} and not over: how it ended can be acknowledged once finishedAt says when that was.`,
    detailZh: `该操作现在是“${OPERATION_STATUSES[status]}”，还没有全部结束；finishedAt 有了时间以后才能确认。`,
  });
}

export function acknowledgedAlready(by: string | null): OpsProblem {
  return new OpsProblem('operation-acknowledged', {
    detail: by === null ? 'It ended before this was asked for; nobody has to acknowledge it.' : `${by} has acknowledged how it ended; there is nothing left to do.`,
    detailZh: by === null ? '它结束时还没有这一步，不必确认。' : `${by} 已经确认过，不必再做什么。`,
  });
}

export function ownOperation(): OpsProblem {
  return new OpsProblem('own-operation', { detail: 'You created this operation; somebody else must approve it.', detailZh: '这是您发起的操作，须由另一人批准。' });
}

/** Also of edits: two accounts are two persons only when neither has had its hand in the other. */
export function notIndependent(): OpsProblem {
  return new OpsProblem('not-independent', {
    detail: 'One of you two, or one administrator for both of you, has made an account, changed its roles or reset its password (APPROVERS_BY_ANOTHER_ADMINISTRATOR); somebody else must approve.',
    detailZh: '您与发起人的账号，一方由另一方、或双方由同一位管理员（APPROVERS_BY_ANOTHER_ADMINISTRATOR）创建、调整过角色或重置过密码，不能互相批准；请由其他人批准。',
  });
}

export function countNotConfirmed(count: number): OpsProblem {
  return new OpsProblem('count-not-confirmed', {
    detail: `Look at the preflight again: send "confirmCount" with the number of transfers that will be sent. It is ${count} now.`,
    detailZh: `请再核对预检结果，并以 confirmCount 写明将要投递的条数；现在是 ${count} 条。`,
  });
}

export function nothingToChange(): OpsProblem {
  return new OpsProblem('wrong-state', { detail: 'Say a ratePerSecond or a maxInFlight that differs from the present one.', detailZh: '请给出与现在不同的 ratePerSecond 或 maxInFlight。' });
}

/** More than a second person agreed to, or is being asked about. */
export function aboveApproved({ rate, most }: { readonly rate: number; readonly most: number }): OpsProblem {
  return new OpsProblem('above-approved', {
    detail: `It goes with at most ${rate} per second and ${most} in flight, as approved or put up for approval; less is always possible. For more, cancel it and create a new operation with those figures, to be approved anew.`,
    detailZh: `批准（或报请批准）的上限是每秒 ${rate} 条、同时在途 ${most} 条；调低随时可以。要更快，请取消此操作，按新的速率另建一个，重新报批。`,
  });
}
