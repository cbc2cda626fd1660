import { periodEnd, periodStart } from '../beijing-time.ts';
import type { TransferFilter } from '../queries/list-transfers.ts';
import { TRANSFER_SEARCH } from '../search/search-fields.ts';
import { searchFilter } from '../search/search-filter.ts';
import type { TransferQuery } from './transfer.query.ts';

/** What a list of transfers is narrowed to by its parameters and its search text. @throws OpsProblem `query-broken` */
export function transferFilterOf({ status, destination, kind, projectNo, errorWord, errorCode, from, to, q }: Partial<TransferQuery>, now: Date): TransferFilter {
  return searchFilter<TransferFilter>({
    status, destination, kind, projectNo, errorWord, errorCode,
    from: from === undefined ? undefined : periodStart(from),
    until: to === undefined ? undefined : periodEnd(to),
  }, q, TRANSFER_SEARCH, now);
}
