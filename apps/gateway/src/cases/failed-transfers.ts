import type { TimedFailure } from '../failures/count-failures.ts';
import type { PlannedTransfer } from './plan-transfers.ts';

/** What a transfer that could not be translated says of its failure. */
export function untranslatedFailure({ projectNo, destination, kind, problem }: PlannedTransfer, at: Date): TimedFailure {
  return { projectNo, destination, kind, errorWord: 'invalid', errorCode: 'not-translatable', httpStatus: null, errorDetail: problem, at };
}

/** The failures among planned transfers. */
export function failuresOf(transfers: readonly PlannedTransfer[], at: Date): TimedFailure[] {
  return transfers.filter(({ status }) => status === 'failed').map((transfer) => untranslatedFailure(transfer, at));
}
