import type { RawMessage } from '#bus';
import { catalogue, EXCHANGES, topologyFor } from '#contracts';
import type { QueueSpec } from '#contracts';
import { REPUBLISHED_HEADER } from '../cases/arrived-event.ts';
import { RESEND_HEADER } from '../dispatch/transfer-order.ts';
import type { LetterRepair, LetterRow } from '../ledger/letter-verb-rows.ts';
import { withoutItsDeath } from './revive-letter.ts';

/**
 * Header that names the letter a message was. It makes every further death of the message a letter of its own: without it, the same bytes
 * dying of the same would be taken for a copy of a letter that is known.
 */
const LETTER_HEADER = 'x-letter';

/** The queue a letter came from, as it is declared; undefined for one that there is no more, and for a dead-letter queue itself. */
export function queueOf(letter: Pick<LetterRow, 'queue'>): QueueSpec | undefined {
  return topologyFor(catalogue().halls.map(({ code }) => code)).queues.find(({ name, deadLetterKey }) => name === letter.queue && deadLetterKey !== null);
}

/** The message that goes back to its queue: the very bytes, or the repaired body; under its own message id, so that whoever knows it knows it again. */
export function messageOfLetter(letter: LetterRow, repair: LetterRepair | undefined, { exchange, routingKeys: [routingKey = ''] }: QueueSpec): RawMessage {
  const resend: Record<string, string> = exchange === EXCHANGES.transfers ? { [RESEND_HEADER]: '1' } : {};
  return {
    exchange, routingKey, content: repair?.sealed ?? letter.raw,
    properties: {
      messageId: letter.message_id ?? '', type: letter.type ?? '', contentType: 'application/octet-stream',
      headers: { ...withoutItsDeath(repair?.headers ?? letter.headers), ...resend, [REPUBLISHED_HEADER]: 'dead-letter', [LETTER_HEADER]: String(letter.seq) },
    },
  };
}
