import type { ErrorWord } from '#contracts';
import type { GeneratedAlways } from 'kysely';
import type { Instant, RecordedAt } from './column-types.ts';

/** One link of the chain of evidence (证据链): append-only, numbered without gaps, each naming the hash of the one before. */
export interface EvidenceTable {
  seq: number;
  at: Instant;
  /** `action`: somebody did or saw something; `messages`: a digest over rows of messages recorded since the last such entry. */
  kind: 'action' | 'messages';
  actor: string;
  /** What was done, such as `operation.created`. */
  action: string;
  /** On what, such as `transfer`, and which. */
  subject_kind: string;
  subject: string;
  /** The exact text the hash is made over; the columns beside it are for searching, and must say the same. */
  entry: string;
  previous: Buffer;
  hash: Buffer;
}

/** What an attempt's row said before the report of its arrival took its place. Written by the database itself. */
export interface AttemptFirstReportsTable {
  seq: GeneratedAlways<number>;
  attempt_seq: number;
  transfer_id: string;
  attempt: number;
  outcome: 'delivered' | ErrorWord;
  http_status: number | null;
  error_code: string | null;
  response_digest: string | null;
  started_at: Instant;
  finished_at: Instant;
  replaced_at: RecordedAt;
}

/** One row: until when every message recorded is vouched for. */
export interface SealingTable {
  only_row: boolean;
  caught_up_at: Instant;
}

/** A person's leave to see certain fields of one message for a while (揭示). It names fields, never their values. */
export interface RevealsTable {
  id: string;
  person: string;
  subject_kind: 'transfer' | 'event' | 'edit';
  subject: string;
  fields: string[];
  created_at: RecordedAt;
  expires_at: Instant;
}

export interface EvidenceTables {
  evidence: EvidenceTable;
  attempt_first_reports: AttemptFirstReportsTable;
  sealing: SealingTable;
  reveals: RevealsTable;
}
