import { sql } from 'kysely';
import type { Reading } from '../ops-ledger.ts';
import { given } from './sql-forms.ts';

/** What a list of actions is narrowed to; every part is optional. */
export interface ActionFilter {
  readonly actor?: string;
  readonly action?: string;
  readonly subjectKind?: string;
  readonly subject?: string;
  /** At or after. */
  readonly from?: Date;
  /** Before. */
  readonly until?: Date;
}

export interface ActionRow {
  readonly seq: number;
  readonly at: Date;
  readonly entry: string;
}

/** What people did, newest first; never what the gateway put under seal. Indexes: evidence_actor, evidence_action, evidence_subject, evidence_at. */
export function listActions(trx: Reading, filter: ActionFilter, below: number | null, rows: number): Promise<ActionRow[]> {
  return trx.selectFrom('evidence').select(['seq', 'at', 'entry'])
    .where('kind', '=', 'action')
    .where((eb) => eb.and([
      ...given(filter.actor, (actor) => eb('actor', '=', actor)),
      ...given(filter.action, (action) => eb('action', '=', action)),
      ...given(filter.subjectKind, (kind) => eb('subject_kind', '=', kind)),
      ...given(filter.subject, (subject) => eb('subject', '=', subject)),
      ...given(filter.from, (from) => eb('at', '>=', from)),
      ...given(filter.until, (until) => eb('at', '<', until)),
      ...given(below, (seq) => eb('seq', '<', seq)),
    ]))
    .orderBy('seq', 'desc').limit(rows).execute();
}

/** What was done to a case, its transfers and its events, in the order in which it was done. Index: evidence_subject. */
export async function caseActions(trx: Reading, projectNo: string, rows: number): Promise<ActionRow[]> {
  const { rows: actions } = await sql<ActionRow>`
    select e.seq, e.at, e.entry from (
      select 'case' as kind, ${projectNo}::text as subject
      union all select 'transfer', id from transfers where project_no = ${projectNo}
      union all select 'event', seq::text from events where project_no = ${projectNo}
    ) theirs join evidence e on e.subject_kind = theirs.kind and e.subject = theirs.subject and e.kind = 'action'
    order by e.seq limit ${rows}`.execute(trx);
  return actions;
}
