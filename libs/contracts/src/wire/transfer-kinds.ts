/** What a work item (工单) asks the centre to do. */
export const WORK_ITEM_KINDS = {
  open: { zh: '收件' },
  supplement: { zh: '补正材料' },
  correct: { zh: '更正' },
  withdraw: { zh: '撤回' },
  void: { zh: '作废' },
} as const satisfies Record<string, { zh: string }>;
export type WorkItemKind = keyof typeof WORK_ITEM_KINDS;

/** Which of the platform's records a completion update (办件进度) writes. */
export const RECORD_KINDS = {
  acceptance: { zh: '受理' },
  step: { zh: '办理环节' },
  special_procedure: { zh: '特别程序' },
  supplement_notice: { zh: '补正告知' },
  result: { zh: '办结' },
} as const satisfies Record<string, { zh: string }>;
export type RecordKind = keyof typeof RECORD_KINDS;

/**
 * Kind of synchronisation (同步类型) as both the national upload tables and the provincial ones write it:
 * I a new record, U the correction of one already sent, D a record taken back.
 */
export const CD_OPERATIONS = ['I', 'U', 'D'] as const;
export type CdOperation = (typeof CD_OPERATIONS)[number];
