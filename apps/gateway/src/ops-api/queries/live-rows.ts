import type { OperationRow } from '../../ledger/operation-rows.ts';
import type { Reading } from '../ops-ledger.ts';
import { alertsShown } from './list-alerts.ts';
import type { AlertRow } from './list-alerts.ts';

/** More open alerts or operations than these are no help to anybody who watches; the newest are shown. */
const MOST = 100;

/** The open alerts and, however they are by now, those that were open before. Indexes: alerts_one_open, the primary key. */
export async function alertsForLive(trx: Reading, openBefore: readonly number[]): Promise<AlertRow[]> {
  const open = await alertsShown(trx).where('alerts.closed_at', 'is', null).orderBy('alerts.seq', 'desc').limit(MOST).execute();
  if (openBefore.length === 0) return open;
  const ended = await alertsShown(trx).where('alerts.seq', 'in', [...openBefore]).where('alerts.closed_at', 'is not', null).execute();
  return [...open, ...ended];
}

/** The operations that are open or not acknowledged, the open ones first, and, however they are by now, those that were so before. Indexes: operations_pinned, the primary key. */
export async function operationsForLive(trx: Reading, pinnedBefore: readonly string[]): Promise<OperationRow[]> {
  const pinned = await trx.selectFrom('operations').selectAll().where('acknowledged_at', 'is', null)
    .orderBy(({ eb }) => eb('finished_at', 'is', null), 'desc').orderBy('created_at', 'desc').limit(MOST).execute();
  if (pinnedBefore.length === 0) return pinned;
  const acknowledged = await trx.selectFrom('operations').selectAll().where('id', 'in', [...pinnedBefore]).where('acknowledged_at', 'is not', null).execute();
  return [...pinned, ...acknowledged];
}
