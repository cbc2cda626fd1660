import { sql } from 'kysely';
import type { Reading } from '../ops-ledger.ts';

/** What is known of a number that no case has. */
export interface UnknownCase {
  readonly cause: 'refused' | 'waiting' | 'refused-at-door';
  readonly code: string;
}

interface UnknownRow extends UnknownCase {
  readonly project_no: string;
}

/** What became of receipts of these numbers, by the events that were not applied and by what the doors refused. Indexes: events_case, door_refusals_case. */
export async function loadUnknown(trx: Reading, projectNos: readonly string[]): Promise<Map<string, UnknownCase>> {
  if (projectNos.length === 0) return new Map();
  const { rows } = await sql<UnknownRow>`
    select distinct on (project_no) project_no, cause, code from (
      select project_no, case outcome when 'parked' then 'waiting' else 'refused' end as cause, coalesce(outcome_code, '') as code, 1 as rank, seq
      from events where project_no in (${sql.join(projectNos)}) and outcome in ('parked', 'refused')
      union all
      select project_no, 'refused-at-door', code, 2, seq from door_refusals where project_no in (${sql.join(projectNos)})
    ) found order by project_no, rank, seq desc`.execute(trx);
  return new Map(rows.map(({ project_no, cause, code }) => [project_no, { cause, code }]));
}
