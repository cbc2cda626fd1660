import { ERROR_WORDS } from '#contracts';
import type { DeliveryReceipt } from '#contracts';

const OUTCOMES: readonly string[] = ['delivered', ...ERROR_WORDS];
const TEXTS = ['transferId', 'projectNo', 'destination', 'startedAt', 'finishedAt', 'outcome'] as const;
const NUMBERS = ['attempt', 'latencyMs'] as const;

/** The body is no receipt; the text names the field, never a value. */
export class UnreadableReceiptError extends Error {
  override readonly name = 'UnreadableReceiptError';
}

/** Reads a receipt off the bus: the fields the gateway leans on, and nothing where an adapter may leave a gap. Throws {@link UnreadableReceiptError}. */
export function readReceipt(body: unknown): DeliveryReceipt {
  if (typeof body !== 'object' || body === null) throw new UnreadableReceiptError('the body is no object');
  const fields = body as Record<string, unknown>;
  for (const name of TEXTS) if (typeof fields[name] !== 'string') throw new UnreadableReceiptError(`${name} is missing`);
  for (const name of NUMBERS) if (typeof fields[name] !== 'number') throw new UnreadableReceiptError(`${name} is missing`);
  if (!OUTCOMES.includes(String(fields['outcome']))) throw new UnreadableReceiptError('outcome is no word of the error model');
  for (const name of ['startedAt', 'finishedAt']) {
    if (Number.isNaN(Date.parse(String(fields[name])))) throw new UnreadableReceiptError(`${name} is no instant`);
  }
  return {
    httpStatus: null, errorCode: null, errorDetail: null, retryAfterMs: null, responseDigest: null,
    ...fields as unknown as Pick<DeliveryReceipt, (typeof TEXTS)[number] | (typeof NUMBERS)[number]>,
  };
}
