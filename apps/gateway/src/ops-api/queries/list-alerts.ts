import type { Selectable } from 'kysely';
import type { AlertsTable } from '../../ledger/tables.ts';
import type { Reading } from '../ops-ledger.ts';
import { given } from './sql-forms.ts';

/** What a list of alerts is narrowed to; every part is optional. */
export interface AlertFilter {
  readonly open?: boolean;
  readonly condition?: string;
  readonly subject?: string;
  readonly from?: Date;
  readonly until?: Date;
}

export type AlertRow = Selectable<AlertsTable>;

/** Alerts, last opened first, below a row number. Indexes: the primary key; alerts_one_open for those that are open. */
export function listAlerts(trx: Reading, filter: AlertFilter, below: number | null, rows: number): Promise<AlertRow[]> {
  return trx.selectFrom('alerts').selectAll()
    .where((eb) => eb.and([
      ...given(filter.open, (open) => eb('closed_at', open ? 'is' : 'is not', null)),
      ...given(filter.condition, (condition) => eb('condition', '=', condition)),
      ...given(filter.subject, (subject) => eb('subject', '=', subject)),
      ...given(filter.from, (from) => eb('opened_at', '>=', from)),
      ...given(filter.until, (until) => eb('opened_at', '<', until)),
      ...given(below, (seq) => eb('seq', '<', seq)),
    ]))
    .orderBy('seq', 'desc')
    .limit(rows)
    .execute();
}
