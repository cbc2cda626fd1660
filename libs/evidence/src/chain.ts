import { createHash } from 'node:crypto';

/** What one entry of the chain says. `facts` are values of any kind that JSON knows, and never personal data. */
export interface EvidenceEntry {
  readonly seq: number;
  /** RFC 3339, UTC, milliseconds; by the ledger's clock. */
  readonly at: string;
  readonly kind: 'action' | 'messages';
  readonly actor: string;
  readonly actorName: string;
  readonly address: string;
  readonly action: string;
  readonly subjectKind: string;
  readonly subject: string;
  readonly reason: string;
  readonly result: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A place in the chain: an auditor notes one down elsewhere, and the chain must still lead there later. */
export interface ChainPlace {
  /** Zero: before the first entry. */
  readonly seq: number;
  /** Hexadecimal. */
  readonly hash: string;
}

/** What the first entry names as the one before. */
export const GENESIS: Buffer = Buffer.alloc(32);

/** SHA-256 over the hash of the entry before and the entry's exact text: neither can be changed, removed or moved unnoticed. */
export function linkHash(previous: Uint8Array, entry: string): Buffer {
  return createHash('sha256').update(previous).update(entry, 'utf8').digest();
}
