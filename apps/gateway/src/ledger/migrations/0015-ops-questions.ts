import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** What operators ask of a ledger with millions of cases is answered from an index, also where nothing or little matches. */
export const opsQuestions = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  // Counted by destination and status without a look at the rows.
  'drop index transfers_undelivered',
  `create index transfers_undelivered on transfers (project_no, destination, ordinal) include (status) where status in ('held', 'in_flight', 'retry_wait', 'failed')`,
  // Given up: few, and looked for among all.
  `create index transfers_discarded on transfers (created_at, id) where status = 'discarded'`,
  `create index transfers_discarded_case on transfers (project_no) where status = 'discarded'`,
  `create index transfers_error_word on transfers (error_word, created_at, id) where error_word is not null`,
  // Every case has one of the other kinds.
  `create index transfers_rare_kind on transfers (kind, created_at, id) where kind in ('supplement', 'correct', 'withdraw', 'void', 'special_procedure', 'supplement_notice')`,
  'create index cases_without_transfer on cases (created_at, project_no) where transfer_count = 0',
  'create index cases_hall_item on cases (hall_code, item_code, created_at, project_no)',
  // Counted by hall and status without a look at the rows. The statuses of the lifecycle in which something is still to come.
  `create index cases_open on cases (status, hall_code) 
    where status in ('RECEIVED', 'PENDING_ACCEPTANCE', 'SUPPLEMENT_REQUIRED', 'ACCEPTED', 'IN_REVIEW', 'SUSPENDED', 'DECIDED') and not canary`,
];
