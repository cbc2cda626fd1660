import type { EventType } from '../event-types.ts';
import { CaseAcceptedData } from './case-accepted.ts';
import { CaseCompletedData } from './case-completed.ts';
import { CaseCorrectedData } from './case-corrected.ts';
import { CaseDecidedData } from './case-decided.ts';
import { CaseDeliveryAcknowledgedData } from './case-delivery-acknowledged.ts';
import { CaseReceivedData } from './case-received.ts';
import { CaseResumedData } from './case-resumed.ts';
import { CaseReturnedData } from './case-returned.ts';
import { CaseStepRecordedData } from './case-step-recorded.ts';
import { CaseSupplementRequiredData } from './case-supplement-required.ts';
import { CaseSupplementSubmittedData } from './case-supplement-submitted.ts';
import { CaseSuspendedData } from './case-suspended.ts';
import { CaseVoidedData } from './case-voided.ts';
import { CaseWithdrawnData } from './case-withdrawn.ts';
import type { CloudEventEnvelope } from './envelope.ts';
import { PaperDiscrepancyData } from './paper-discrepancy.ts';
import { PaperHandedOverData } from './paper-handed-over.ts';
import { PaperReceivedData } from './paper-received.ts';
import { PaperReturnedToApplicantData } from './paper-returned-to-applicant.ts';
import { PermissionGrantedData } from './permission-granted.ts';
import { PermissionRevokedData } from './permission-revoked.ts';

/** The class of each event's `data`. An event type without one does not compile. */
export const EVENT_DATA = {
  'case.received': CaseReceivedData,
  'case.supplement.submitted': CaseSupplementSubmittedData,
  'case.withdrawn': CaseWithdrawnData,
  'case.corrected': CaseCorrectedData,
  'case.delivery.acknowledged': CaseDeliveryAcknowledgedData,
  'case.accepted': CaseAcceptedData,
  'case.supplement.required': CaseSupplementRequiredData,
  'case.returned': CaseReturnedData,
  'case.step.recorded': CaseStepRecordedData,
  'case.suspended': CaseSuspendedData,
  'case.resumed': CaseResumedData,
  'case.decided': CaseDecidedData,
  'case.completed': CaseCompletedData,
  'case.voided': CaseVoidedData,
  'paper.received': PaperReceivedData,
  'paper.handedOver': PaperHandedOverData,
  'paper.returnedToApplicant': PaperReturnedToApplicantData,
  'paper.discrepancy': PaperDiscrepancyData,
  'permission.granted': PermissionGrantedData,
  'permission.revoked': PermissionRevokedData,
} as const satisfies Record<EventType, new () => object>;

export type EventDataOf<T extends EventType> = InstanceType<(typeof EVENT_DATA)[T]>;

/** Permission events belong to no case; every other event names its case in `subject`. */
type SubjectOf<T extends EventType> = T extends `permission.${string}` ? { readonly subject?: string } : { readonly subject: string };

/** An event of one type, with the data that belongs to the type. */
export type JiujinEventOf<T extends EventType> =
  Omit<CloudEventEnvelope, 'type' | 'subject'> & SubjectOf<T> & { readonly type: T; readonly data: EventDataOf<T> };

/** Every event that travels over the bridge, told apart by `type`. */
export type JiujinEvent = { [T in EventType]: JiujinEventOf<T> }[EventType];
