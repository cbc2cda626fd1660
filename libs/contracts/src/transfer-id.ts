import { hash } from 'node:crypto';

/**
 * The id of the transfer that an event causes towards a destination kind. It is computed, not drawn, so that the door can answer
 * with it before the ledger knows it, and so that applying an event twice can only ever name the same transfer.
 */
export function transferIdOf(source: string, eventId: string, to: 'centre' | 'hall'): string {
  return `tr_${hash('sha256', `${source}\n${eventId}\n${to}`, 'base64url').slice(0, 27)}`;
}
