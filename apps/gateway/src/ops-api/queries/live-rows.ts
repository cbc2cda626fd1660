import type { OperationRow } from '../../ledger/operation-rows.ts';
import type { Reading } from '../ops-ledger.ts';
import type { AlertRow } from './list-alerts.ts';

/** More open alerts or operations than these are no help to anybody who watches; the newest are shown. */
const MOST = 100;

/** The open alerts and, however they are by now, those that were open before. Indexes: alerts_one_open, the primary key. */
export async function alertsForLive(trx: Reading, openBefore: readonly number[]): Promise<AlertRow[]> {
  const open = await trx.selectFrom('alerts').selectAll().where('closed_at', 'is', null).orderBy('seq', 'desc').limit(MOST).execute();
  if (openBefore.length === 0) return open;
  const ended = await trx.selectFrom('alerts').selectAll().where('seq', 'in', [...openBefore]).where('closed_at', 'is not', null).execute();
  return [...open, ...ended];
}

/** The operations that are not over and, however they are by now, those that were not over before. Indexes: operations_open, the primary key. */
export async function operationsForLive(trx: Reading, openBefore: readonly string[]): Promise<OperationRow[]> {
  const open = await trx.selectFrom('operations').selectAll().where('finished_at', 'is', null).orderBy('created_at', 'desc').limit(MOST).execute();
  if (openBefore.length === 0) return open;
  const ended = await trx.selectFrom('operations').selectAll().where('id', 'in', [...openBefore]).where('finished_at', 'is not', null).execute();
  return [...open, ...ended];
}
