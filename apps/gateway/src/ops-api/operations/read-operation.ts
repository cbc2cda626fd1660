import { countNewSince } from '../../ledger/operation-freeze-rows.ts';
import { beijingTime } from '../beijing-time.ts';
import type { Reading } from '../ops-ledger.ts';
import { findOperation, operationHistory } from '../queries/list-operations.ts';
import { unknownOperation } from './operation-problems.ts';
import type { OperationDetailAnswer, OperationHistoryAnswer } from './operation.answer.ts';
import { showOperation } from './show-operation.ts';

/** Counting stops here: it answers "some" or "very many". */
const NEW_CAP = 1_001;

/** One operation with its history, and how many more there would be by now. Throws an OpsProblem `operation-unknown`. */
export async function readOperation(trx: Reading, id: string): Promise<OperationDetailAnswer> {
  const row = await findOperation(trx, id);
  if (row === undefined) throw unknownOperation();
  const newSince = await countNewSince(trx, id, row.selection, row.cutoff, NEW_CAP);
  return { ...showOperation(row), newSince, history: (await operationHistory(trx, id)).map(showStep) };
}

interface RecordedStep {
  readonly at: string;
  readonly actorName: string;
  readonly action: string;
  readonly reason: string;
  readonly result: string;
  readonly facts: Record<string, unknown>;
}

function showStep(entry: string): OperationHistoryAnswer {
  const { at, actorName, action, reason, result, facts } = JSON.parse(entry) as RecordedStep;
  return { at: beijingTime(new Date(at)), actor: actorName, action, reason, result, facts };
}
