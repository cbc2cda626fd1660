import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { Instant, NullableInstant, RecordedAt } from './column-types.ts';

/** Why a payload was replaced: a person edited it, or the hall corrected what it was made from. */
export type RevisionCause = 'edit' | 'correction';

/** How the waiting for a hall ended. `finished`: the work item was delivered or discarded meanwhile. */
export type ReturnEnd = 'corrected' | 'finished' | 'taken-back';

/**
 * Why a hall's correction did not mend what was returned to it. `edited-money-differs`: it would undo what two people agreed on;
 * `not-translatable`, `not-deliverable`: what it makes has no counterpart on the other side, or breaks the contract.
 */
export type MendProblem = 'edited-money-differs' | 'not-translatable' | 'not-deliverable' | 'changes-nothing' | 'under-way';

/** Where an edit stands that needs a second person. `superseded`: the transfer moved on meanwhile, nothing was changed. */
export type EditState = 'awaiting-approval' | 'applied' | 'superseded' | 'rejected';

/** A payload that took the place of another (修订). Rows never change; `sealed` is the one it replaced, null where there had been none. */
export interface TransferRevisionsTable {
  seq: GeneratedAlways<number>;
  transfer_id: string;
  /** The first payload is revision 1 and has no row. */
  revision: number;
  cause: RevisionCause;
  author: string;
  author_name: string;
  approver: string | null;
  approver_name: string | null;
  reason: string;
  ticket: string | null;
  changed_paths: JSONColumnType<string[]>;
  /** Attempts up to this number carried an older payload. */
  attempts_before: number;
  digest_before: string | null;
  digest_after: string;
  made_at: RecordedAt;
  sealed: Buffer | null;
  key_version: number | null;
}

/** An edit that waits for a second person, or did (待批准的更正). `sealed` is the payload it makes. */
export interface TransferEditsTable {
  id: string;
  transfer_id: string;
  /** Revision and attempts of the transfer as the author saw it. */
  revision: number;
  attempts: number;
  state: Generated<EditState>;
  author: string;
  author_person: string;
  author_name: string;
  reason: string;
  ticket: string | null;
  /** Whether it goes although the receiver may have forgotten the first attempt. */
  override: boolean;
  changed_paths: JSONColumnType<string[]>;
  money_paths: JSONColumnType<string[]>;
  created_at: RecordedAt;
  decided_at: NullableInstant;
  decided_by: string | null;
  decided_name: string | null;
  decision_reason: string | null;
  sealed: Buffer;
  key_version: number;
}

/** A work item that was returned to its hall for correction (退回大厅). */
export interface TransferReturnsTable {
  id: string;
  transfer_id: string;
  project_no: string;
  /** The completion update that tells the hall. */
  notice_id: string;
  notice_no: number;
  returned_by: string;
  returned_by_name: string;
  reason: string;
  ticket: string | null;
  paths: JSONColumnType<string[]>;
  returned_at: Instant;
  /** When nobody waited for the hall any more. */
  corrected_at: NullableInstant;
  ended_as: ReturnEnd | null;
  /** The event that corrected it. */
  corrected_by_seq: number | null;
  /** Why the last correction that did not mend it did not; null when none came. */
  mend_problem: MendProblem | null;
  /** In which fields, by name alone. */
  mend_fields: JSONColumnType<string[]> | null;
}

/** The tables of edits and returns. */
export interface RevisionTables {
  transfer_revisions: TransferRevisionsTable;
  transfer_edits: TransferEditsTable;
  transfer_returns: TransferReturnsTable;
}
