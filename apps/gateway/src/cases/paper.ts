import type { EventType, Receipt } from '#contracts';
import type { PaperStatus } from '../ledger/tables.ts';

/** Where a paper event says the paper is now. A discrepancy moves nothing: it is a fact beside the status. */
const STATUS_AFTER: Partial<Record<EventType, PaperStatus>> = {
  'paper.received': 'IN_HALL',
  'paper.handedOver': 'HANDED_OVER',
  'paper.returnedToApplicant': 'RETURNED_TO_APPLICANT',
};

/** The paper status after an event; any other event leaves it. */
export function paperStatusAfter(present: PaperStatus, type: EventType): PaperStatus {
  return STATUS_AFTER[type] ?? present;
}

/** Whether the window took paper with the receipt: counted sheets, or a material taken in paper. */
export function paperStatusOfReceipt(receipt: Receipt): PaperStatus {
  const taken = receipt.materials.some((material) => material.taken && material.form !== 'electronic');
  return taken || (receipt.paper?.sheetCount ?? 0) > 0 ? 'IN_HALL' : 'NONE';
}
