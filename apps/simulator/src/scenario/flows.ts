/** What the centre does next with a case. The `await…` steps hold the case until the bridge has brought the hall's word. */
export type CentreStep =
  | 'awaitCorrection' | 'awaitSupplement' | 'awaitWithdrawal' | 'awaitVoid'
  | 'accept' | 'requireSupplement' | 'return' | 'notAccept' | 'returnTimeout'
  | 'recordStep' | 'suspend' | 'resume' | 'approve' | 'reject'
  | 'complete' | 'completeRejected' | 'completeImmediate' | 'rejectImmediate' | 'withdraw'
  | 'correctAcceptance' | 'correctStep' | 'correctCompletion';

/** What a hall (or the bureau, for a void) does of its own accord, and after which news. */
export interface HallPart {
  readonly afterReceipt?: 'withdraw' | 'correct';
  readonly onSupplementNotice?: 'submit' | 'withdraw' | 'nothing';
  readonly onAcceptance?: 'withdraw' | 'void';
}

export type ResultCode = 'APPROVED' | 'REJECTED' | 'NOT_ACCEPTED' | 'RETURNED' | 'SUPPLEMENT_TIMEOUT' | 'WITHDRAWN' | 'VOIDED';

export interface Flow {
  readonly zh: string;
  /** How many of every 60 cases take this way; 0 only on request. */
  readonly share: number;
  /** GB/T 39046 A.6: 1 即办件, 2 承诺件. */
  readonly projectType: '1' | '2';
  readonly hall: HallPart;
  readonly centre: readonly CentreStep[];
  /** The flow with the same end for a case that is no 即办件: it alone may be completed right after its acceptance. */
  readonly reviewed?: 'straight' | 'rejected';
  /** The result the hall must show at the end. */
  readonly result: ResultCode;
}

const REVIEW = ['accept', 'recordStep', 'approve', 'complete'] as const;
const SUPPLEMENT = ['requireSupplement', 'awaitSupplement'] as const;
const none: HallPart = {};

/** Every way a case can go, with its share. The supplement round is written once; more rounds repeat it. */
export const FLOWS = {
  straight: { zh: '直接办结', share: 21, projectType: '2', hall: none, centre: REVIEW, result: 'APPROVED' },
  immediate: { zh: '即办件', share: 6, projectType: '1', hall: none, centre: ['accept', 'completeImmediate'], reviewed: 'straight', result: 'APPROVED' },
  immediateRejected: { zh: '即办件不予批准', share: 1, projectType: '1', hall: none, centre: ['accept', 'rejectImmediate'], reviewed: 'rejected', result: 'REJECTED' },
  supplement: { zh: '补正后办结', share: 7, projectType: '2', hall: { onSupplementNotice: 'submit' }, centre: [...SUPPLEMENT, ...REVIEW], result: 'APPROVED' },
  returned: { zh: '退件', share: 3, projectType: '2', hall: none, centre: ['return'], result: 'RETURNED' },
  notAccepted: { zh: '不予受理', share: 2, projectType: '2', hall: none, centre: ['notAccept'], result: 'NOT_ACCEPTED' },
  timeout: { zh: '补正超期退件', share: 2, projectType: '2', hall: { onSupplementNotice: 'nothing' }, centre: ['requireSupplement', 'returnTimeout'], result: 'SUPPLEMENT_TIMEOUT' },
  rejected: { zh: '审核不予批准', share: 4, projectType: '2', hall: none, centre: ['accept', 'recordStep', 'reject', 'completeRejected'], result: 'REJECTED' },
  withdrawnEarly: { zh: '受理前撤回', share: 2, projectType: '2', hall: { afterReceipt: 'withdraw' }, centre: ['awaitWithdrawal'], result: 'WITHDRAWN' },
  withdrawnSupplement: { zh: '补正中撤回', share: 1, projectType: '2', hall: { onSupplementNotice: 'withdraw' }, centre: ['requireSupplement', 'awaitWithdrawal'], result: 'WITHDRAWN' },
  withdrawnAccepted: { zh: '受理后撤回', share: 1, projectType: '2', hall: { onAcceptance: 'withdraw' }, centre: ['accept', 'awaitWithdrawal'], result: 'WITHDRAWN' },
  withdrawnByCentre: { zh: '中心代为撤回', share: 1, projectType: '2', hall: none, centre: ['accept', 'withdraw'], result: 'WITHDRAWN' },
  suspended: { zh: '特别程序', share: 3, projectType: '2', hall: none, centre: ['accept', 'recordStep', 'suspend', 'resume', 'approve', 'complete'], result: 'APPROVED' },
  hallCorrected: { zh: '受理前更正', share: 2, projectType: '2', hall: { afterReceipt: 'correct' }, centre: ['awaitCorrection', ...REVIEW], result: 'APPROVED' },
  acceptanceCorrected: { zh: '受理信息更正', share: 1, projectType: '2', hall: none, centre: ['accept', 'correctAcceptance', 'recordStep', 'approve', 'complete'], result: 'APPROVED' },
  stepCorrected: { zh: '环节更正', share: 1, projectType: '2', hall: none, centre: ['accept', 'recordStep', 'correctStep', 'approve', 'complete'], result: 'APPROVED' },
  completionCorrected: { zh: '办结后更正', share: 2, projectType: '2', hall: none, centre: [...REVIEW, 'correctCompletion'], result: 'APPROVED' },
  voided: { zh: '市局作废', share: 0, projectType: '2', hall: { onAcceptance: 'void' }, centre: ['accept', 'awaitVoid'], result: 'VOIDED' },
} as const satisfies Record<string, Flow>;

export type FlowName = keyof typeof FLOWS;

export function isFlowName(text: string): text is FlowName {
  return Object.hasOwn(FLOWS, text);
}

/** 60 cards, one per case of a round. */
export const FLOW_DECK: readonly FlowName[] = (Object.keys(FLOWS) as FlowName[]).flatMap((name) => Array<FlowName>(FLOWS[name].share).fill(name));
