import type { CompletionUpdate, Destination, JiujinEvent, Material, Receipt, RecordKind, WorkItem, WorkItemKind } from '#contracts';
import { translateCompletionUpdate } from '../centre-to-hall/translate-completion-update.ts';
import type { IntakeSnapshot } from '../hall-to-centre/intake-snapshot.ts';
import { translateWorkItem } from '../hall-to-centre/translate-work-item.ts';
import type { Translated } from '../hall-to-centre/untranslatable.ts';

/** What a transfer was made from, as the ledger has it today. */
export interface Origin {
  readonly destination: Destination;
  readonly kind: string;
  /** The event that caused the transfer, as it came. */
  readonly event: JiujinEvent;
  /** The case as it now reads. */
  readonly intake: IntakeSnapshot;
  /** The number of this update within the case; of no meaning towards the centre. */
  readonly updateNumber: number;
}

/**
 * The payload of a transfer made once more, from the same event and today's data and catalogue. Numbers and times stay those of the event:
 * it is the same message, and keeps its place before what came after it.
 */
export function translateAnew({ destination, kind, event, intake, updateNumber }: Origin): Translated<WorkItem | CompletionUpdate> {
  const said = withCorrectedMaterials(event, intake.receipt);
  return destination === 'centre'
    ? translateWorkItem({ to: 'centre', kind: kind as WorkItemKind }, intake, said)
    : translateCompletionUpdate({ to: 'hall', kind: kind as RecordKind }, intake, said, updateNumber);
}

/** A supplement names its materials itself: those that were corrected since are taken as they now read. */
function withCorrectedMaterials(event: JiujinEvent, receipt: Receipt): JiujinEvent {
  if (event.type !== 'case.supplement.submitted') return event;
  const present = new Map<string, Material>(receipt.materials.map((material) => [material.materialCode, material]));
  return { ...event, data: { ...event.data, materials: event.data.materials.map((material) => present.get(material.materialCode) ?? material) } };
}
