import type { JiujinEvent } from '#contracts';
import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import { loadCaseStates } from '../ledger/case-rows.ts';
import { loadParked } from '../ledger/event-rows.ts';
import type { ParkedRow } from '../ledger/event-rows.ts';
import { loadGrants } from '../ledger/grant-rows.ts';
import type { GrantRow } from '../ledger/grant-rows.ts';
import { openJson } from '../ledger/sealed-json.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { loadBusyLanes } from '../ledger/transfer-rows.ts';
import { orderOf } from './arrived-event.ts';
import { laneKey } from './batch-memory.ts';
import type { BatchMemory, JudgedEvent } from './batch-memory.ts';
import { recordOf } from './case-record.ts';
import { grantOf } from './grants.ts';

/** What the ledger knows of a batch, without the time of the batch. */
export type LoadedMemory = Omit<BatchMemory, 'time'>;

/**
 * Reads what the ledger knows of the cases and grants under these keys, and those that these events touch. The caller holds their locks, or has asked
 * for them just before: the questions are sent without waiting.
 */
export async function loadMemory(
  trx: Transaction<LedgerTables>, orderKeys: readonly string[], events: readonly JiujinEvent[], keys: KeyRing,
): Promise<LoadedMemory> {
  const [rows, cases, lanes, grants] = await Promise.all([
    loadParked(trx, orderKeys), loadCaseStates(trx, orderKeys, events.some(needsIntake)), loadBusyLanes(trx, orderKeys), grantsFor(trx, events),
  ]);
  const parked = parkedByKey(rows, keys);
  const waiting = await grantsFor(trx, [...parked.values()].flat().map(({ arrived }) => arrived.event));
  const records = cases.map((row) => recordOf(row, keys));
  return {
    cases: new Map(records.map((record) => [record.projectNo, record])),
    storedReceipts: new Map(records.map((record) => [record.projectNo, record.receipt])),
    grants: new Map([...grants, ...waiting].map((row) => [row.grant_id, grantOf(row)])),
    parked,
    busyLanes: new Set(lanes.map((lane) => laneKey(lane.project_no, lane.destination))),
    changed: new Set(),
    permissionEvents: [],
  };
}

/** The acknowledgement of a delivery, as frequent as any other event, changes a status and sends nothing. */
function needsIntake({ type }: JiujinEvent): boolean {
  return type !== 'case.delivery.acknowledged';
}

async function grantsFor(trx: Transaction<LedgerTables>, events: readonly JiujinEvent[]): Promise<GrantRow[]> {
  const userIds = new Set<string>();
  const grantIds = new Set<string>();
  for (const event of events) {
    if (event.type === 'case.received' || event.type === 'case.corrected') userIds.add(event.data.operator.id);
    if (event.type === 'permission.granted' || event.type === 'permission.revoked') grantIds.add(event.data.grantId);
  }
  return userIds.size + grantIds.size === 0 ? [] : loadGrants(trx, [...userIds], [...grantIds]);
}

function parkedByKey(rows: readonly ParkedRow[], keys: KeyRing): Map<string, JudgedEvent[]> {
  return Map.groupBy(rows.map((row) => parkedEvent(row, keys)), (event) => event.arrived.orderKey);
}

function parkedEvent(row: ParkedRow, keys: KeyRing): JudgedEvent {
  const event = openJson<JiujinEvent>(keys, row);
  return {
    arrived: { event, party: row.party, ...orderOf(event), doorAt: row.door_at.toISOString(), recordedAt: row.recorded_at, digest: row.digest, sealed: null, traceId: row.trace_id, again: false, republished: false },
    seq: row.seq,
    verdict: { outcome: row.outcome, code: row.outcome_code, zh: row.outcome_zh, statusAfter: row.status_after },
  };
}
