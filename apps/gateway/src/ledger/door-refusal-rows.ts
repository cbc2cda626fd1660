import type { DoorRefusal } from '#contracts';
import type { Insertable, Kysely } from 'kysely';
import { sql } from 'kysely';
import { names, rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { DoorRefusalsTable, LedgerTables } from './tables.ts';

type NewRefusal = Omit<Insertable<DoorRefusalsTable>, 'recorded_at' | 'problems'> & { problems: DoorRefusal['problems'] };

const REFUSAL: Columns<NewRefusal> = {
  refusal_id: 'text', at: 'timestamptz', app: 'text', path: 'text', party: 'text', key_id: 'text', status: 'int', code: 'text', problems: 'jsonb',
  event_id: 'text', event_type: 'text', project_no: 'text', body_bytes: 'int', body_digest: 'text',
};

/** Records refusals; one that is known already is left alone. */
export async function insertDoorRefusals(db: Kysely<LedgerTables>, refusals: readonly DoorRefusal[]): Promise<void> {
  const rows = refusals.map((refusal): NewRefusal => ({
    refusal_id: refusal.refusalId, at: refusal.at, app: refusal.app, path: refusal.path, party: refusal.party, key_id: refusal.keyId,
    status: refusal.status, code: refusal.code, problems: refusal.problems, event_id: refusal.eventId, event_type: refusal.eventType,
    project_no: refusal.projectNo, body_bytes: refusal.bodyBytes, body_digest: refusal.bodyDigest,
  }));
  await sql`
    insert into door_refusals (${names(REFUSAL)}) select ${names(REFUSAL)} from ${rowSet(REFUSAL, rows, 'r')}
    on conflict (refusal_id) do nothing`.execute(db);
}
