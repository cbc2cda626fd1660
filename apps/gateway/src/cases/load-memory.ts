import type { JiujinEvent } from '#contracts';
import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import { loadCases } from '../ledger/case-rows.ts';
import { loadParked } from '../ledger/event-rows.ts';
import type { EventRow } from '../ledger/event-rows.ts';
import { loadGrants } from '../ledger/grant-rows.ts';
import { openJson } from '../ledger/sealed-json.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { loadBusyLanes } from '../ledger/transfer-rows.ts';
import { orderOf } from './arrived-event.ts';
import type { ArrivedEvent } from './arrived-event.ts';
import { laneKey } from './batch-memory.ts';
import type { BatchMemory, JudgedEvent } from './batch-memory.ts';
import type { BatchTime } from './batch-time.ts';
import { recordOf } from './case-record.ts';
import { grantOf } from './grants.ts';

/** Reads what the ledger knows of the cases and grants under these keys, and those that new events touch. The caller holds their locks. */
export async function loadMemory(
  trx: Transaction<LedgerTables>, orderKeys: readonly string[], fresh: readonly ArrivedEvent[], time: BatchTime, keys: KeyRing,
): Promise<BatchMemory> {
  const parked = parkedByKey(orderKeys.length === 0 ? [] : await loadParked(trx, orderKeys), keys);
  const cases = orderKeys.length === 0 ? [] : await loadCases(trx, orderKeys);
  const lanes = cases.length === 0 ? [] : await loadBusyLanes(trx, cases.map((row) => row.project_no));
  const events = [...fresh, ...[...parked.values()].flat().map((event) => event.arrived)].map((arrived) => arrived.event);
  const records = cases.map((row) => recordOf(row, keys));
  return {
    time,
    cases: new Map(records.map((record) => [record.projectNo, record])),
    storedReceipts: new Map(records.map((record) => [record.projectNo, record.receipt])),
    grants: await grantsFor(trx, events),
    parked,
    busyLanes: new Set(lanes.map((lane) => laneKey(lane.project_no, lane.destination))),
    changed: new Set(),
    permissionEvents: [],
  };
}

async function grantsFor(trx: Transaction<LedgerTables>, events: readonly JiujinEvent[]): Promise<BatchMemory['grants']> {
  const userIds = new Set<string>();
  const grantIds = new Set<string>();
  for (const event of events) {
    if (event.type === 'case.received' || event.type === 'case.corrected') userIds.add(event.data.operator.id);
    if (event.type === 'permission.granted' || event.type === 'permission.revoked') grantIds.add(event.data.grantId);
  }
  const rows = userIds.size + grantIds.size === 0 ? [] : await loadGrants(trx, [...userIds], [...grantIds]);
  return new Map(rows.map((row) => [row.grant_id, grantOf(row)]));
}

function parkedByKey(rows: readonly EventRow[], keys: KeyRing): Map<string, JudgedEvent[]> {
  return Map.groupBy(rows.map((row) => parkedEvent(row, keys)), (event) => event.arrived.orderKey);
}

function parkedEvent(row: EventRow, keys: KeyRing): JudgedEvent {
  const event = openJson<JiujinEvent>(keys, row);
  return {
    arrived: { event, party: row.party, ...orderOf(event), doorAt: row.door_at.toISOString(), recordedAt: row.recorded_at, digest: row.digest, sealed: null, traceId: row.trace_id, again: false, republished: false },
    seq: row.seq,
    verdict: { outcome: row.outcome, code: row.outcome_code, zh: row.outcome_zh, statusAfter: row.status_after },
  };
}
