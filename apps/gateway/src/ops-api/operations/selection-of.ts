import type { OperationSelection, SelectionFilter } from '../../ledger/operation-tables.ts';
import { periodEnd, periodStart } from '../beijing-time.ts';
import { brokenQuery } from '../problems/ops-problem.ts';
import type { OperationSelectionBody } from './operation.body.ts';

/** The selection as the ledger keeps it. */
export function selectionOf({ transferIds, failureGroup, filter }: OperationSelectionBody): OperationSelection {
  if (transferIds !== undefined) return { transferIds };
  if (failureGroup !== undefined) return { failureGroup };
  if (filter === undefined) throw brokenQuery([{ field: 'selection', rule: 'oneSelection', zh: '须给出一种选择', en: 'must hold one selection' }]);
  const { status: _failed, from, to, ...equal } = filter;
  return { filter: { ...equal, ...instants(from, to) } };
}

function instants(from: string | undefined, to: string | undefined): Pick<SelectionFilter, 'from' | 'until'> {
  return {
    ...(from === undefined ? {} : { from: periodStart(from).toISOString() }),
    ...(to === undefined ? {} : { until: periodEnd(to).toISOString() }),
  };
}
