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

export function ownOperation(): OpsProblem {
  return new OpsProblem('own-operation', { detail: 'You created this operation; somebody else must approve it.', detailZh: '这是您发起的操作，须由另一人批准。' });
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
