import { localTimeOf } from '#contracts';
import type { CdOperation, JiujinEvent, TransferIntent, WorkItem, WorkItemKind } from '#contracts';
import { hallOf, itemOf } from './intake-snapshot.ts';
import type { IntakeSnapshot } from './intake-snapshot.ts';
import { compact, paperOf, translateApplication, translateMaterials } from './translate-application.ts';
import { required, translated, untranslatable } from './untranslatable.ts';
import type { Translated } from './untranslatable.ts';

type Body = Pick<WorkItem, 'application' | 'supplement' | 'correction' | 'withdrawal' | 'voiding'>;
type BodyOf = (intake: IntakeSnapshot, event: JiujinEvent) => Body;

/** What each kind of work item does to the record the centre keeps of the case. Taking a case back deletes nothing there: it is one more entry. */
export const WORK_ITEM_OPERATIONS: Readonly<Record<WorkItemKind, CdOperation>> = {
  open: 'I', supplement: 'I', correct: 'U', withdraw: 'I', void: 'I',
};

/**
 * The work item an event causes, in the centre's codes. Pure, but for the catalogue in force.
 * `intake` is the case after the event. Not ok: the named field has no counterpart at the centre, and a person must look at it.
 */
export function translateWorkItem(
  intent: Extract<TransferIntent, { to: 'centre' }>, intake: IntakeSnapshot, event: JiujinEvent,
): Translated<WorkItem> {
  return translated(() => {
    const item = itemOf(intake);
    return {
      kind: intent.kind,
      projectNo: intake.projectNo,
      dataVersion: event.dataversion ?? 1,
      cdOperation: operationOf(intent.kind, event),
      occurredAt: localTimeOf(event.time),
      itemCode: item.code,
      itemName: item.nameZhDisplay,
      hall: hallOf(intake),
      ...BODIES[intent.kind](intake, event),
    };
  });
}

/** A case entered by mistake is the one thing that is deleted. */
function operationOf(kind: WorkItemKind, event: JiujinEvent): CdOperation {
  return event.type === 'case.voided' && event.data.code === 'DELETED' ? 'D' : WORK_ITEM_OPERATIONS[kind];
}

const BODIES: Readonly<Record<WorkItemKind, BodyOf>> = {
  open: (intake) => ({ application: translateApplication(intake) }),
  supplement: (intake, event) => (event.type === 'case.supplement.submitted' ? { supplement: supplementOf(intake, event.data) } : noBody(event)),
  correct: (intake, event) => {
    if (event.type !== 'case.corrected') return noBody(event);
    required(event.data.receipt, 'receipt');
    return { correction: { reason: event.data.reason, application: translateApplication(intake) } };
  },
  withdraw: (_intake, event) => (event.type === 'case.withdrawn'
    ? { withdrawal: { reason: event.data.reason, withdrawnAt: localTimeOf(event.data.withdrawnAt) } } : noBody(event)),
  void: (_intake, event) => (event.type === 'case.voided'
    ? { voiding: { code: event.data.code, reason: event.data.reason, voidedAt: localTimeOf(event.data.voidedAt) } } : noBody(event)),
};

type SupplementData = Extract<JiujinEvent, { type: 'case.supplement.submitted' }>['data'];

/** The paper of a supplement is kept a month from when it was handed in: counted from the first receipt it might be over already. */
function supplementOf(intake: IntakeSnapshot, { no, submittedAt, materials }: SupplementData): WorkItem['supplement'] {
  return compact({
    no, submittedAt: localTimeOf(submittedAt), materials: translateMaterials(materials), paper: paperOf(intake, materials, submittedAt),
  });
}

function noBody(event: JiujinEvent): never {
  return untranslatable('type', `“${event.type}”不产生这种工单`, `${event.type} does not cause this kind of work item`);
}
