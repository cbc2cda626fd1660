import { sql } from 'kysely';
import type { Expression, SqlBool } from 'kysely';
import type { OperationSelection } from '../ledger/operation-tables.ts';
import { transferConditions } from '../ops-api/queries/list-transfers.ts';
import { transferFilterOf } from '../ops-api/transfers/transfer-filter.ts';

/**
 * What a selection by a search text means, as a condition on `transfers` and `events`: what the list of transfers shows for the same text at the moment it was
 * written. Null for other selections. @throws OpsProblem `query-broken` for a text that cannot be read
 */
export function searchedBy(selection: OperationSelection): Expression<SqlBool> | null {
  if (!('q' in selection)) return null;
  const conditions = transferConditions(transferFilterOf({ q: selection.q }, new Date(selection.at)));
  return conditions.length === 0 ? sql<SqlBool>`true` : sql<SqlBool>`(${sql.join(conditions.map((one) => sql`(${one})`), sql` and `)})`;
}
