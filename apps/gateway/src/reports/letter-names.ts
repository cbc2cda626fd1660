import { createHash } from 'node:crypto';
import { BROKER_COUNTERS } from '#bus';
import type { LetterMarks, NewDeadLetter } from '../ledger/dead-letter-rows.ts';

const COUNTERS: ReadonlySet<string> = new Set(BROKER_COUNTERS);

/** What tells this letter from others. */
export function marksOf({ queue, code, message_id, headers, raw }: NewDeadLetter): LetterMarks {
  return { queue, code, message_id, headers, digest: createHash('sha256').update(raw).digest('hex') };
}

/** Equal for letters of one message that died of the same in the same queue, whatever its bytes. */
export function sortName({ queue, code, message_id }: LetterMarks): string {
  return JSON.stringify([queue, code, message_id]);
}

/**
 * Equal for copies of one letter: what died of the same in the same queue, with the same bytes and headers. When it died and after how many
 * deliveries differs from copy to copy, so neither the stamp counts nor what the broker counts. The id alone would not do: under it may come other bytes, or the same in a second life.
 */
export function copyName({ headers, digest, ...sort }: LetterMarks): string {
  const kept = Object.entries(headers).filter(([name]) => !COUNTERS.has(name) && !name.startsWith('x-dead-'));
  return JSON.stringify([sortName({ headers, digest, ...sort }), digest, kept.toSorted(([one], [other]) => (one < other ? -1 : 1))]);
}
