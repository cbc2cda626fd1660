import type { AppName } from '#contracts';
import { sql } from 'kysely';
import type { EdgeInstanceRow } from '../../ledger/edge-rows.ts';
import type { Reading } from '../ops-ledger.ts';
import { afterKeys, given, heardWithin } from './sql-forms.ts';

export type EdgeInstanceListRow = EdgeInstanceRow & { readonly living: boolean };

/** Programs by app and process, after a place in that order. Index: the primary key. */
export function listEdgeInstances(trx: Reading, app: AppName | undefined, silentMs: number, after: readonly string[] | null, rows: number): Promise<EdgeInstanceListRow[]> {
  return trx.selectFrom('edge_instances').selectAll()
    .select(heardWithin(silentMs).as('living'))
    .where((eb) => eb.and([
      ...given(app, (name) => eb('app', '=', name)),
      ...given(after, (keys) => afterKeys(['app', 'instance'], keys)),
    ]))
    .orderBy(sql`app, instance`)
    .limit(rows)
    .execute();
}
