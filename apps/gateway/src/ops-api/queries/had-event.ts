import type { EventType } from '#contracts';
import { sql } from 'kysely';
import type { RawBuilder, SqlBool } from 'kysely';

/**
 * Whether the case in the row `cases` has an event of one of these types. Nearly every case has events of the usual types, so those are found soon by any index
 * on time; the rare ones have an index of their own. Indexes: events_case; events_rare_type.
 */
export function hadEvent(types: readonly EventType[]): RawBuilder<SqlBool> {
  return sql<SqlBool>`exists (select from events e where e.project_no = cases.project_no and e.type in (${sql.join(types)}))`;
}
