import type { ColumnType, GeneratedAlways, JSONColumnType } from 'kysely';
import type { NullableInstant, RecordedAt } from './column-types.ts';

/**
 * Where a dead letter stands. `replaying`: it is to go back to its queue, and the broker has not confirmed it yet. The last three are
 * ends; one that dies again is a new letter.
 */
export type LetterStatus = 'open' | 'replaying' | 'replayed' | 'repaired' | 'discarded';

/** The corrected body of a letter, sealed, with the headers it goes out with. */
export interface DeadLetterRepairsTable {
  seq: GeneratedAlways<number>;
  letter_seq: number;
  sealed: Buffer;
  key_version: number;
  headers: JSONColumnType<Record<string, string>>;
  /** SHA-256 (hex) of the body. */
  digest: string;
  actor: string;
  created_at: RecordedAt;
  /** When its letter came back to the person without having gone out; null for the one that goes out, or went. */
  withdrawn_at: NullableInstant;
}

/** What the verbs add to a dead letter. */
export interface LetterVerbColumns {
  status: ColumnType<LetterStatus, LetterStatus | undefined, LetterStatus>;
  acted_at: NullableInstant;
  acted_by: string | null;
  acted_name: string | null;
  acted_why: string | null;
  ticket: string | null;
  /** While `replaying`: when it was last given to the broker, or is being given. */
  sent_at: NullableInstant;
  /** How often it was given to the broker since somebody said so; 0 when nobody has. */
  send_attempts: ColumnType<number, number | undefined, number>;
  /** Why it is open again although somebody sent it back; null when nobody did, or it is on its way. */
  send_problem: string | null;
}
