import type { LimitUnit, ResultCode, StepAction, UpdateResult, UpdateStep } from '#contracts';

/**
 * Canonical result to the platform's words (TRANSACT_RESULT) and codes (finish.result of the provincial bus). Several results share a code,
 * and two of them mean opposite things to the applicant: that is why the description is never left to the code.
 */
export const PLATFORM_RESULTS: Readonly<Record<ResultCode, Pick<UpdateResult, 'platformCode' | 'platformResult'> & { readonly describe: string }>> = {
  APPROVED: { platformCode: '10', platformResult: '办结', describe: '准予办结' },
  REJECTED: { platformCode: '10', platformResult: '办结', describe: '不予批准' },
  NOT_ACCEPTED: { platformCode: '07', platformResult: '不予受理', describe: '不予受理' },
  RETURNED: { platformCode: '13', platformResult: '退件', describe: '退件' },
  WITHDRAWN: { platformCode: '13', platformResult: '退件', describe: '申请人撤回' },
  SUPPLEMENT_TIMEOUT: { platformCode: '13', platformResult: '退件', describe: '补正超期' },
  VOIDED: { platformCode: '09', platformResult: '作废办结', describe: '作废' },
  DELETED: { platformCode: '09', platformResult: '作废办结', describe: '录入错误' },
};

/** 业务动作 in the words of GB/T 39046 table 7. */
export const PLATFORM_ACTIONS: Readonly<Record<StepAction, UpdateStep['action']>> = { pass: '通过', return: '退回', other: '其他' };

/** PROMISETIMEUNIT: 1 工作日, 2 自然日, 3 小时. */
export const PROMISE_UNITS: Readonly<Record<LimitUnit, string>> = { workday: '1', day: '2', hour: '3' };

/** Name of the step under which the platform shows a decision (审核决定). */
export const DECISION_STEP = '审核决定';
