import { periodEnd, periodStart } from '../beijing-time.ts';
import type { CaseFilter } from '../queries/list-cases.ts';
import { CASE_SEARCH } from '../search/search-fields.ts';
import { searchFilter } from '../search/search-filter.ts';
import type { CaseQuery } from './case.query.ts';

/** What a list of cases is narrowed to by its parameters and its search text. @throws OpsProblem `query-broken` */
export function caseFilterOf({ hall, status, item, deliveryStatus, from, to, q }: CaseQuery, now: Date): CaseFilter {
  return searchFilter<CaseFilter>({
    hall, status, item, deliveryStatus,
    from: from === undefined ? undefined : periodStart(from),
    until: to === undefined ? undefined : periodEnd(to),
  }, q, CASE_SEARCH, now);
}
