/** Status of a case (办件). Delivery and paper have statuses of their own and never mix with this one. */
export const CASE_STATUSES = {
  RECEIVED: { zh: '已收件', terminal: false },
  PENDING_ACCEPTANCE: { zh: '待受理', terminal: false },
  SUPPLEMENT_REQUIRED: { zh: '待补正', terminal: false },
  ACCEPTED: { zh: '已受理', terminal: false },
  IN_REVIEW: { zh: '审核中', terminal: false },
  SUSPENDED: { zh: '特别程序', terminal: false },
  DECIDED: { zh: '已决定', terminal: false },
  COMPLETED: { zh: '已办结', terminal: true },
  RETURNED: { zh: '已退件', terminal: true },
  WITHDRAWN: { zh: '已撤回', terminal: true },
  VOIDED: { zh: '已作废', terminal: true },
} as const;

export type CaseStatus = keyof typeof CASE_STATUSES;
