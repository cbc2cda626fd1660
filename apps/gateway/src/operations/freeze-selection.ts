import { failureSignature } from '../failures/failure-signature.ts';
import { insertItems, lastItem, listMeant } from '../ledger/operation-freeze-rows.ts';
import type { MeantTransfer } from '../ledger/operation-freeze-rows.ts';
import { changeOperation } from '../ledger/operation-rows.ts';
import type { OperationNow } from '../ledger/operation-rows.ts';
import { recordStep } from './record-step.ts';
import { searchedBy } from './searched-selection.ts';
import { AT_ONCE } from './step-context.ts';
import type { StepContext, StepOutcome } from './step-context.ts';

const PAGE = 500;
/** Ways to fail that are remembered; whoever has more of them has one more problem. */
const MOST_SIGNATURES = 500;

/**
 * Freezing (冻结): notes the next page of what is meant, together with the place where it ends. Cut off anywhere, it goes on after the
 * last page that was committed; what failed after the cutoff is not seen at all.
 */
export async function freezePage({ trx }: StepContext, operation: OperationNow): Promise<StepOutcome> {
  const { id, selection, cutoff, frozen_until: place } = operation;
  const page = await listMeant(trx, { selection, searched: searchedBy(selection) }, cutoff, place, PAGE);
  const last = page.at(-1);
  const before = await lastItem(trx, id);
  const items = page.map((transfer, index) => ({
    seq: before + index + 1, transfer_id: transfer.id, project_no: transfer.project_no, destination: transfer.destination, signature: signatureOf(transfer),
  }));
  const frozen = operation.frozen + (items.length === 0 ? 0 : await insertItems(trx, id, items));
  const done = page.length < PAGE;
  await changeOperation(trx, id, {
    frozen,
    frozen_until: last === undefined ? place && JSON.stringify(place) : JSON.stringify({ at: last.at, id: last.id }),
    signatures: [...new Set([...operation.signatures, ...items.flatMap(({ signature }) => signature ?? [])])].slice(0, MOST_SIGNATURES),
    ...(done ? { status: 'preflight' } : {}),
  });
  if (done) await recordStep(trx, { operationId: id, what: 'frozen', facts: { count: frozen } });
  return AT_ONCE;
}

/** How a transfer failed, as a word that is equal for equal failures; null for one that has not. */
export function signatureOf({ destination, kind, ...row }: Omit<MeantTransfer, 'id' | 'project_no' | 'at'>): string | null {
  if (row.error_word === null) return null;
  return failureSignature({ destination, kind, errorWord: row.error_word, errorCode: row.error_code, httpStatus: row.http_status, errorDetail: row.error_detail }).id;
}
