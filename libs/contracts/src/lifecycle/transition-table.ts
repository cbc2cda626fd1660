import type { EventType, PartyKind } from '../event-types.ts';
import type { CaseStatus } from './case-status.ts';
import type { CHOICES, GUARDS, ROADS } from './conditions.ts';
import type { TransferIntent } from './decision.ts';

/** One row of the lifecycle. A row is taken by an event of its type, from its senders, in one of its statuses, when its choices all hold. */
export interface Transition {
  readonly from: readonly CaseStatus[];
  readonly event: EventType;
  readonly senders: readonly PartyKind[];
  /** Conditions of the road itself; see {@link ROADS}. */
  readonly road?: readonly (keyof typeof ROADS)[];
  /** What tells this row from its neighbours; see {@link CHOICES}. */
  readonly choice?: readonly (keyof typeof CHOICES)[];
  /** What else must hold; see {@link GUARDS}. */
  readonly guard?: readonly (keyof typeof GUARDS)[];
  /** The status after it; `same` for events that never touch the status. */
  readonly to: CaseStatus | 'same';
  readonly transfers: readonly TransferIntent[];
}

const OPEN: readonly CaseStatus[] = [
  'RECEIVED', 'PENDING_ACCEPTANCE', 'SUPPLEMENT_REQUIRED', 'ACCEPTED', 'IN_REVIEW', 'SUSPENDED', 'DECIDED',
];
const ANY: readonly CaseStatus[] = [...OPEN, 'COMPLETED', 'RETURNED', 'WITHDRAWN', 'VOIDED'];
const BEFORE_ACCEPTANCE: readonly CaseStatus[] = ['RECEIVED', 'PENDING_ACCEPTANCE', 'SUPPLEMENT_REQUIRED'];
const BEFORE_DECISION: readonly CaseStatus[] = [...BEFORE_ACCEPTANCE, 'ACCEPTED', 'IN_REVIEW', 'SUSPENDED'];
const REVIEWED: readonly CaseStatus[] = ['IN_REVIEW', 'SUSPENDED', 'DECIDED', 'COMPLETED'];
const REVIEWABLE: readonly CaseStatus[] = ['ACCEPTED', 'IN_REVIEW'];

/**
 * The lifecycle of a case after its receipt (收件), row by row. Who may do what follows the notice: the hall receives and takes supplements
 * (三、工作流程 收件环节), the centre accepts, asks, returns, reviews and completes (受理、审核、办结环节).
 */
export const TRANSITIONS: readonly Transition[] = [
  { from: ['RECEIVED'], event: 'case.delivery.acknowledged', senders: ['centre', 'bridge'], to: 'PENDING_ACCEPTANCE', transfers: [] },

  { from: ['PENDING_ACCEPTANCE'], event: 'case.supplement.required', senders: ['centre'], road: ['roundsLeft'], choice: ['nextRound'],
    to: 'SUPPLEMENT_REQUIRED', transfers: [{ to: 'hall', kind: 'supplement_notice' }] },
  { from: REVIEWABLE, event: 'case.supplement.required', senders: ['centre'], road: ['supplementAfterAcceptance', 'roundsLeft'], choice: ['nextRound'],
    to: 'SUPPLEMENT_REQUIRED', transfers: [{ to: 'hall', kind: 'supplement_notice' }] },
  { from: ['SUPPLEMENT_REQUIRED'], event: 'case.supplement.submitted', senders: ['hall'], choice: ['currentRound'], guard: ['coversAskedMaterials'],
    to: 'PENDING_ACCEPTANCE', transfers: [{ to: 'centre', kind: 'supplement' }] },

  { from: ['SUPPLEMENT_REQUIRED'], event: 'case.returned', senders: ['centre'], choice: ['timeoutReturn'], guard: ['dueAtPassed'],
    to: 'RETURNED', transfers: [{ to: 'hall', kind: 'result' }] },
  { from: ['PENDING_ACCEPTANCE'], event: 'case.returned', senders: ['centre'], choice: ['ordinaryReturn'],
    to: 'RETURNED', transfers: [{ to: 'hall', kind: 'result' }] },

  { from: ['PENDING_ACCEPTANCE'], event: 'case.accepted', senders: ['centre'], guard: ['notBeforeReceipt'],
    to: 'ACCEPTED', transfers: [{ to: 'hall', kind: 'acceptance' }] },
  { from: REVIEWABLE, event: 'case.step.recorded', senders: ['centre'], to: 'IN_REVIEW', transfers: [{ to: 'hall', kind: 'step' }] },
  { from: REVIEWABLE, event: 'case.suspended', senders: ['centre'], to: 'SUSPENDED', transfers: [{ to: 'hall', kind: 'special_procedure' }] },
  { from: ['SUSPENDED'], event: 'case.resumed', senders: ['centre'], to: 'IN_REVIEW', transfers: [{ to: 'hall', kind: 'special_procedure' }] },
  { from: REVIEWABLE, event: 'case.decided', senders: ['centre'], to: 'DECIDED', transfers: [{ to: 'hall', kind: 'step' }] },
  { from: ['DECIDED'], event: 'case.completed', senders: ['centre'], choice: ['bringsNoDecision'], guard: ['resultAgrees'],
    to: 'COMPLETED', transfers: [{ to: 'hall', kind: 'result' }] },
  { from: ['ACCEPTED'], event: 'case.completed', senders: ['centre'], road: ['immediateCase'], choice: ['bringsDecision'], guard: ['resultAgrees'],
    to: 'COMPLETED', transfers: [{ to: 'hall', kind: 'result' }] },

  { from: BEFORE_DECISION, event: 'case.withdrawn', senders: ['hall'], to: 'WITHDRAWN',
    transfers: [{ to: 'centre', kind: 'withdraw' }, { to: 'hall', kind: 'result' }] },
  { from: BEFORE_DECISION, event: 'case.withdrawn', senders: ['centre'], to: 'WITHDRAWN', transfers: [{ to: 'hall', kind: 'result' }] },
  { from: OPEN, event: 'case.voided', senders: ['bureau'], to: 'VOIDED', transfers: [{ to: 'centre', kind: 'void' }, { to: 'hall', kind: 'result' }] },

  { from: BEFORE_ACCEPTANCE, event: 'case.corrected', senders: ['hall'], choice: ['correctsReceipt'],
    to: 'same', transfers: [{ to: 'centre', kind: 'correct' }] },
  { from: ['ACCEPTED', ...REVIEWED], event: 'case.corrected', senders: ['centre'], choice: ['correctsAcceptance'],
    to: 'same', transfers: [{ to: 'hall', kind: 'acceptance' }] },
  { from: REVIEWED, event: 'case.corrected', senders: ['centre'], choice: ['correctsStep'], to: 'same', transfers: [{ to: 'hall', kind: 'step' }] },
  { from: ['COMPLETED'], event: 'case.corrected', senders: ['centre'], choice: ['correctsCompletion'], guard: ['correctedResultAgrees'],
    to: 'same', transfers: [{ to: 'hall', kind: 'result' }] },

  { from: ANY, event: 'paper.received', senders: ['hall'], to: 'same', transfers: [] },
  { from: ANY, event: 'paper.handedOver', senders: ['hall', 'centre'], to: 'same', transfers: [] },
  { from: ANY, event: 'paper.returnedToApplicant', senders: ['hall'], to: 'same', transfers: [] },
  { from: ANY, event: 'paper.discrepancy', senders: ['hall', 'centre'], to: 'same', transfers: [] },
];

/** How a case begins: there is no case yet, so no row above can say it. */
export const OPENING = {
  event: 'case.received', senders: ['hall'], to: 'RECEIVED', transfers: [{ to: 'centre', kind: 'open' }],
} as const satisfies { event: EventType; senders: readonly PartyKind[]; to: CaseStatus; transfers: readonly TransferIntent[] };
