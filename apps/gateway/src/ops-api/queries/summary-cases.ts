import { CASE_STATUSES } from '#contracts';
import type { CaseStatus } from '#contracts';
import { sql } from 'kysely';
import type { Reading } from '../ops-ledger.ts';

const STATUSES = Object.entries(CASE_STATUSES) as [CaseStatus, { terminal: boolean }][];
const OPEN = STATUSES.filter(([, { terminal }]) => !terminal).map(([status]) => status);
const CLOSED = STATUSES.filter(([, { terminal }]) => terminal).map(([status]) => status);

export interface CaseCount {
  readonly hall_code: string;
  readonly status: CaseStatus;
  readonly count: number;
}

/**
 * Cases per hall and status: every open one whatever its age, and the closed ones recorded since `since`. At most `cap` rows of either are
 * looked at, so the price is bounded however large the ledger grows. Indexes: the partial one of open cases, which alone answers for them; cases (created_at).
 */
export async function countCases(trx: Reading, since: Date, cap: number): Promise<CaseCount[]> {
  const { rows } = await sql<CaseCount>`
    select hall_code, status, count(*) as count from (
      (select hall_code, status from cases where status in (${sql.join(OPEN)}) and not canary limit ${cap})
      union all
      (select hall_code, status from cases where status in (${sql.join(CLOSED)}) and not canary and created_at >= ${since} order by created_at desc limit ${cap})
    ) counted
    group by hall_code, status order by hall_code, status`.execute(trx);
  return rows;
}
