import type { ConnectionCheck, Destination } from '#contracts';
import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { NullableInstant, RecordedAt } from './column-types.ts';

/** A search that somebody keeps (保存的检索). */
export interface SavedViewsTable {
  id: string;
  /** Whose it is: {@link Caller.person}. */
  person: string;
  owner_name: string;
  screen: string;
  name: string;
  /** The parameters of the screen's list; nothing personal is in them. */
  query: JSONColumnType<Record<string, string>>;
  /** Whether everybody sees it. */
  shared: boolean;
  version: Generated<number>;
  created_at: RecordedAt;
  updated_at: RecordedAt;
}

/** What one side says it sent, received or returned on one day (对方清单). */
export interface ReconciliationListsTable {
  id: GeneratedAlways<number>;
  /** `2026-11-22`, in Beijing. */
  day: string;
  /** `centre` or `hall:410204`. */
  side: string;
  kind: 'sent' | 'received' | 'returned';
  ids: number;
  /** SHA-256 of the sorted ids, a line each. */
  digest: string;
  by_id: string;
  by_name: string;
  at: RecordedAt;
}

export interface ReconciliationIdsTable {
  list_id: number;
  project_no: string;
}

/** Who put a day to rest, and as what (对账签认). */
export interface ReconciliationSignOffsTable {
  seq: GeneratedAlways<number>;
  day: string;
  /** SHA-256 of the board as it was signed. */
  digest: string;
  open_deltas: number;
  board: JSONColumnType<object>;
  note: string;
  by_id: string;
  by_name: string;
  at: RecordedAt;
}

/** A test of the way to an endpoint that somebody asked for (连接测试). */
export interface ConnectionTestsTable {
  id: string;
  destination: Destination;
  asked_at: RecordedAt;
  by_id: string;
  by_name: string;
  reason: string;
  /** Null while no adapter has answered. */
  answered_at: NullableInstant;
  answered_by: string | null;
  finding: JSONColumnType<ConnectionCheck> | null;
}

export interface DeskTables {
  connection_tests: ConnectionTestsTable;
  saved_views: SavedViewsTable;
  reconciliation_lists: ReconciliationListsTable;
  reconciliation_ids: ReconciliationIdsTable;
  reconciliation_sign_offs: ReconciliationSignOffsTable;
}
