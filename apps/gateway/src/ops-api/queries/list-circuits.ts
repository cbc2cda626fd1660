import type { CircuitState, Destination } from '#contracts';
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { CircuitChangesTable, CircuitsTable } from '../../ledger/tables.ts';
import type { Reading } from '../ops-ledger.ts';
import { afterKeys, given, heardWithin } from './sql-forms.ts';

export interface CircuitFilter {
  readonly destination?: Destination;
  readonly state?: CircuitState;
}

export interface CircuitChangeFilter {
  readonly destination?: Destination;
  readonly from?: Date;
  readonly until?: Date;
}

export type CircuitListRow = Selectable<CircuitsTable> & { readonly living: boolean };
export type CircuitChangeRow = Selectable<CircuitChangesTable>;

/** Circuits by destination, app and process, after a place in that order. Index: the primary key. */
export function listCircuits(trx: Reading, filter: CircuitFilter, silentMs: number, after: readonly string[] | null, rows: number): Promise<CircuitListRow[]> {
  return trx.selectFrom('circuits')
    .innerJoin('edge_instances', (join) => join.onRef('edge_instances.app', '=', 'circuits.app').onRef('edge_instances.instance', '=', 'circuits.instance'))
    .selectAll('circuits')
    .select(heardWithin(silentMs).as('living'))
    .where((eb) => eb.and([
      ...given(filter.destination, (destination) => eb('circuits.destination', '=', destination)),
      ...given(filter.state, (state) => eb('circuits.state', '=', state)),
      ...given(after, (keys) => afterKeys(['circuits.destination', 'circuits.app', 'circuits.instance'], keys)),
    ]))
    .orderBy(sql`circuits.destination, circuits.app, circuits.instance`)
    .limit(rows)
    .execute();
}

/** Changes of circuits, last recorded first, below a row number. Index: the primary key. */
export function listCircuitChanges(trx: Reading, filter: CircuitChangeFilter, below: number | null, rows: number): Promise<CircuitChangeRow[]> {
  return trx.selectFrom('circuit_changes').selectAll()
    .where((eb) => eb.and([
      ...given(filter.destination, (destination) => eb('destination', '=', destination)),
      ...given(filter.from, (from) => eb('recorded_at', '>=', from)),
      ...given(filter.until, (until) => eb('recorded_at', '<', until)),
      ...given(below, (seq) => eb('seq', '<', seq)),
    ]))
    .orderBy('seq', 'desc')
    .limit(rows)
    .execute();
}
