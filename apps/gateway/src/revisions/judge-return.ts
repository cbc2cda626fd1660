import { isCanary, kindOfParty, TRANSITIONS } from '#contracts';
import type { CaseStatus, ErrorWord } from '#contracts';
import { failureClass } from '../failures/failure-class.ts';
import type { Editable } from '../ledger/revision-rows.ts';

/** Why a failed transfer cannot be returned to its hall. */
export type ReturnRefusal = 'edit-pending' | 'not-a-work-item' | 'not-a-data-error' | 'hall-cannot-correct' | 'already-returned' | 'returned-too-often';

/** The work items that are made from what a hall can correct. A withdrawal or a voiding says nothing of the application. */
const CORRECTABLE: readonly string[] = ['open', 'supplement', 'correct'];

/**
 * Decides whether a failed transfer may be returned to its hall; null: it may. By the lifecycle: the hall must be allowed to correct the case as it
 * stands. An edit that waits for a second person is decided about first.
 */
export function judgeReturn(
  { destination, kind, project_no: projectNo, error_word: word, error_code: code, returned_at: returnedAt }: Pick<Editable, 'destination' | 'kind' | 'project_no' | 'error_word' | 'error_code' | 'returned_at'>,
  status: CaseStatus, editPending: boolean,
): ReturnRefusal | null {
  if (editPending) return 'edit-pending';
  if (kindOfParty(destination) !== 'centre' || !CORRECTABLE.includes(kind) || isCanary(projectNo)) return 'not-a-work-item';
  if (word === null || failureClass(destination, word as ErrorWord, code) !== 'data') return 'not-a-data-error';
  if (returnedAt !== null) return 'already-returned';
  return hallMayCorrect(status) ? null : 'hall-cannot-correct';
}

/** Whether a row of the lifecycle takes a hall's correction in this status. */
export function hallMayCorrect(status: CaseStatus): boolean {
  return TRANSITIONS.some(({ event, senders, from }) => event === 'case.corrected' && senders.includes('hall') && from.includes(status));
}
