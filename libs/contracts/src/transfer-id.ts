import { createHash } from 'node:crypto';

/**
 * The id of the transfer that an event causes towards a destination kind. It is computed, not drawn, so that the door can answer
 * with it before the ledger knows it, and so that applying an event twice can only ever name the same transfer.
 */
export function transferIdOf(source: string, eventId: string, to: 'centre' | 'hall'): string {
  return `tr_${createHash('sha256').update(`${source}\n${eventId}\n${to}`).digest('base64url').slice(0, 27)}`;
}
