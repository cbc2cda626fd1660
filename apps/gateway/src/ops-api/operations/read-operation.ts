import { sql } from 'kysely';
import type { SqlBool } from 'kysely';
import { countNewSince } from '../../ledger/operation-freeze-rows.ts';
import type { OperationSelection } from '../../ledger/operation-tables.ts';
import { searchedBy } from '../../operations/searched-selection.ts';
import { beijingTime } from '../beijing-time.ts';
import type { Reading } from '../ops-ledger.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { findOperation, operationHistory } from '../queries/list-operations.ts';
import { unknownOperation } from './operation-problems.ts';
import type { OperationDetailAnswer, OperationHistoryAnswer } from './operation.answer.ts';
import { showOperation, showReturn } from './show-operation.ts';

/** Counting stops here: it answers "some" or "very many". */
const NEW_CAP = 1_001;

/** One operation with its history, and how many more there would be by now. Throws an OpsProblem `operation-unknown`. */
export async function readOperation(trx: Reading, id: string): Promise<OperationDetailAnswer> {
  const row = await findOperation(trx, id);
  if (row === undefined) throw unknownOperation();
  const newSince = await countNewSince(trx, id, { selection: row.selection, searched: searchedStill(row.selection) }, row.cutoff, NEW_CAP);
  return { ...showOperation(row), selection: row.selection, newSince, return: showReturn(row.return_items), history: (await operationHistory(trx, id)).map(showStep) };
}

/** What cannot be read any more, as when a hall or an item has another name since, means nothing that came later: the operation itself can be seen as ever. */
function searchedStill(selection: OperationSelection): ReturnType<typeof searchedBy> {
  try {
    return searchedBy(selection);
  } catch (error) {
    if (error instanceof OpsProblem) return sql<SqlBool>`false`;
    throw error;
  }
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
