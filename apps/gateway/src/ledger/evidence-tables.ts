import type { Instant } from './column-types.ts';

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

export interface EvidenceTables {
  evidence: EvidenceTable;
}
