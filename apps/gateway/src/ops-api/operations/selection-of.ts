import type { OperationSelection, SelectionFilter } from '../../ledger/operation-tables.ts';
import { searchedBy } from '../../operations/searched-selection.ts';
import { periodEnd, periodStart } from '../beijing-time.ts';
import { brokenQuery } from '../problems/ops-problem.ts';
import type { OperationSelectionBody } from './operation.body.ts';

/**
 * The selection as the ledger keeps it. A search text is read here once, with the words of time in it as they are now.
 * @throws OpsProblem `query-broken` as the search itself does
 */
export function selectionOf({ transferIds, failureGroup, filter, q }: OperationSelectionBody, now: Date): OperationSelection {
  if (transferIds !== undefined) return { transferIds };
  if (failureGroup !== undefined) return { failureGroup };
  if (q !== undefined) {
    const selection = { q, at: now.toISOString() };
    searchedBy(selection);
    return selection;
  }
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
