import type { EventType, Party } from '#contracts';
import { sql } from 'kysely';
import { isReal } from '../../ledger/canary-rows.ts';
import type { Reading } from '../ops-ledger.ts';

/** An event that came again, and the one it repeats. */
export interface DuplicateRow {
  readonly seq: number;
  readonly event_id: string;
  readonly type: EventType;
  readonly party: Party;
  readonly project_no: string | null;
  readonly first_at: Date;
  readonly again_at: Date;
  readonly recorded_at: Date;
  readonly same_body: boolean;
}

/** Events that came again, last first, below a row number. Indexes: the primary keys; suppressed_duplicates_conflicting for those that said something else. */
export async function listDuplicates(trx: Reading, { sameBody, projectNo }: { readonly sameBody?: boolean; readonly projectNo?: string }, below: number | null, rows: number): Promise<DuplicateRow[]> {
  const conditions = [
    isReal('e.project_no'),
    ...(sameBody === undefined ? [] : [sameBody ? sql`d.same_body` : sql`not d.same_body`]),
    ...(projectNo === undefined ? [] : [sql`e.project_no = ${projectNo}`]),
    ...(below === null ? [] : [sql`d.seq < ${below}`]),
  ];
  const { rows: found } = await sql<DuplicateRow>`
    select d.seq, e.event_id, e.type, e.party, e.project_no, e.door_at as first_at, d.door_at as again_at, d.recorded_at, d.same_body
    from suppressed_duplicates d join events e on e.seq = d.event_seq
    where ${sql.join(conditions, sql` and `)} order by d.seq desc limit ${rows}`.execute(trx);
  return found;
}
