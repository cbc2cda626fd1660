import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import { loadOpenPlans } from '../../ledger/maintenance-rows.ts';
import type { AlertsTable } from '../../ledger/tables.ts';
import type { RunningPlan } from '../../watch/silence.ts';
import type { Reading } from '../ops-ledger.ts';
import { given } from './sql-forms.ts';

/** What a list of alerts is narrowed to; every part is optional. */
export interface AlertFilter {
  readonly open?: boolean;
  readonly acknowledged?: boolean;
  readonly muted?: boolean;
  readonly condition?: string;
  readonly subject?: string;
  readonly from?: Date;
  readonly until?: Date;
}

/** An alert with the mute that is in force. */
export type AlertRow = Selectable<AlertsTable> & {
  readonly muted_at: Date | null;
  readonly muted_until: Date | null;
  readonly mute_reason: string | null;
  readonly mute_by: string | null;
};

/** Alerts as they are shown: each with the mute of its condition and subject, but for what was over before that. Index: the primary key of alert_mutes. */
export function alertsShown(trx: Reading) {
  return trx.selectFrom('alerts')
    .leftJoin('alert_mutes as m', (join) => join
      .onRef('m.condition', '=', 'alerts.condition').onRef('m.subject', '=', 'alerts.subject').on('m.until', '>', sql<Date>`statement_timestamp()`)
      .on((eb) => eb.or([eb('alerts.closed_at', 'is', null), eb('alerts.closed_at', '>=', eb.ref('m.muted_at'))])))
    .selectAll('alerts').select(['m.muted_at as muted_at', 'm.until as muted_until', 'm.reason as mute_reason', 'm.by_name as mute_by']);
}

/** Alerts, last opened first, below a row number. Indexes: the primary key; alerts_one_open for those that are open. */
export function listAlerts(trx: Reading, filter: AlertFilter, below: number | null, rows: number): Promise<AlertRow[]> {
  return alertsShown(trx)
    .where((eb) => eb.and([
      ...given(filter.open, (open) => eb('alerts.closed_at', open ? 'is' : 'is not', null)),
      ...given(filter.acknowledged, (is) => eb('alerts.acknowledged_at', is ? 'is not' : 'is', null)),
      ...given(filter.muted, (is) => eb('m.until', is ? 'is not' : 'is', null)),
      ...given(filter.condition, (condition) => eb('alerts.condition', '=', condition)),
      ...given(filter.subject, (subject) => eb('alerts.subject', '=', subject)),
      ...given(filter.from, (from) => eb('alerts.opened_at', '>=', from)),
      ...given(filter.until, (until) => eb('alerts.opened_at', '<', until)),
      ...given(below, (seq) => eb('alerts.seq', '<', seq)),
    ]))
    .orderBy('alerts.seq', 'desc')
    .limit(rows)
    .execute();
}

export function findAlert(trx: Reading, seq: number): Promise<AlertRow | undefined> {
  return alertsShown(trx).where('alerts.seq', '=', seq).executeTakeFirst();
}

/** The downtimes that are going on: what explains alerts. */
export async function runningPlans(trx: Reading): Promise<RunningPlan[]> {
  return (await loadOpenPlans(trx)).filter(({ state }) => state === 'running');
}
