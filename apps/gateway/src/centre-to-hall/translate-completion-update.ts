import { localTimeOf } from '#contracts';
import type { CdOperation, CompletionUpdate, JiujinEvent, RecordKind, TransferIntent } from '#contracts';
import { hallOf, itemOf } from '../hall-to-centre/intake-snapshot.ts';
import type { IntakeSnapshot } from '../hall-to-centre/intake-snapshot.ts';
import { required, translated, untranslatable } from '../hall-to-centre/untranslatable.ts';
import type { Translated } from '../hall-to-centre/untranslatable.ts';
import { acceptanceRecord, completionRecord, decisionRecord, resultRecord, specialRecord, stepRecord, supplementRecord } from './translate-records.ts';

type Groups = Pick<CompletionUpdate, 'acceptance' | 'step' | 'specialProcedure' | 'supplementNotice' | 'result'>;
type GroupsOf = (event: JiujinEvent) => Groups;

/**
 * The completion update an event causes, in the platform's record kinds and codes. Pure, but for the catalogue in force.
 * `updateSequence` is the number of this update within the case, from 1. Not ok: the named field has no counterpart on the platform.
 */
export function translateCompletionUpdate(
  intent: Extract<TransferIntent, { to: 'hall' }>, intake: IntakeSnapshot, event: JiujinEvent, updateSequence: number,
): Translated<CompletionUpdate> {
  return translated(() => {
    const item = itemOf(intake);
    return {
      recordKind: intent.kind,
      projectNo: intake.projectNo,
      updateSequence,
      dataVersion: event.dataversion ?? 1,
      cdOperation: operationOf(event),
      occurredAt: localTimeOf(event.time),
      itemCode: item.code,
      itemName: item.nameZhDisplay,
      hall: hallOf(intake),
      ...GROUPS[intent.kind](event),
    };
  });
}

function operationOf(event: JiujinEvent): CdOperation {
  if (event.type === 'case.corrected') return 'U';
  return event.type === 'case.voided' && event.data.code === 'DELETED' ? 'D' : 'I';
}

const GROUPS: Readonly<Record<RecordKind, GroupsOf>> = {
  acceptance: acceptanceGroups,
  step: stepGroups,
  special_procedure: specialGroups,
  supplement_notice: (event) => (event.type === 'case.supplement.required' ? { supplementNotice: supplementRecord(event.data) } : noGroup(event)),
  result: resultGroups,
};

function acceptanceGroups(event: JiujinEvent): Groups {
  if (event.type === 'case.accepted') return { acceptance: acceptanceRecord(event.data, event.data.operator) };
  if (event.type !== 'case.corrected') return noGroup(event);
  return { acceptance: acceptanceRecord(required(event.data.acceptance, 'acceptance'), event.data.operator) };
}

function stepGroups(event: JiujinEvent): Groups {
  if (event.type === 'case.step.recorded') return { step: stepRecord(event.data.step) };
  if (event.type === 'case.decided') return { step: decisionRecord(event.data.decision) };
  return event.type === 'case.corrected' ? { step: stepRecord(required(event.data.step, 'step')) } : noGroup(event);
}

function specialGroups(event: JiujinEvent): Groups {
  if (event.type !== 'case.suspended' && event.type !== 'case.resumed') return noGroup(event);
  return { specialProcedure: specialRecord(event.data.special, event.data.operator) };
}

function resultGroups(event: JiujinEvent): Groups {
  switch (event.type) {
    case 'case.completed': {
      const { decision, result } = event.data;
      return { ...(decision && { step: decisionRecord(decision) }), result: completionRecord(result) };
    }
    case 'case.corrected':
      return { result: completionRecord(required(event.data.completion, 'completion')) };
    case 'case.returned':
      return { result: resultRecord({ code: event.data.code, description: event.data.reason, at: event.data.returnedAt, by: event.data.operator.name }) };
    case 'case.withdrawn':
      return { result: resultRecord({ code: 'WITHDRAWN', description: event.data.reason, at: event.data.withdrawnAt, by: event.data.operator.name }) };
    case 'case.voided':
      return { result: resultRecord({ code: event.data.code, description: event.data.reason, at: event.data.voidedAt, by: event.data.operator.name }) };
    default:
      return noGroup(event);
  }
}

function noGroup(event: JiujinEvent): never {
  return untranslatable('type', `“${event.type}”不产生这种记录`, `${event.type} does not write this kind of record`);
}
