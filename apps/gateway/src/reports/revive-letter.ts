import { BROKER_COUNTERS } from '#bus';
import type { DeadLetterStamp, IncomingMessage } from '#bus';
import { EXCHANGES, REPORT_ROUTES } from '#contracts';
import { REPUBLISHED_HEADER } from '../cases/arrived-event.ts';
import { RESEND_HEADER } from '../dispatch/transfer-order.ts';

/** The bytes and headers of a message that is published once more as it was. */
export interface RevivedLetter {
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly properties: { readonly messageId: string; readonly type: string; readonly contentType: string; readonly headers: Readonly<Record<string, string>> };
}

/** The code of what RabbitMQ buried at the delivery limit. */
const DELIVERY_LIMIT = 'delivery-limit';
const COUNTERS: ReadonlySet<string> = new Set(BROKER_COUNTERS);

/**
 * What the broker buried because connections broke around it too often is guilty of nothing, and nobody has handled it: an event, an order
 * or a receipt is published once more, and says so. `null` for everything else: what a handler gave up, what killed its process, and
 * what was buried a second time.
 */
export function reviveLetter(message: IncomingMessage, stamp: DeadLetterStamp): RevivedLetter | null {
  const { exchange, routingKey, code } = stamp;
  if (code !== DELIVERY_LIMIT || message.headers[REPUBLISHED_HEADER] === DELIVERY_LIMIT || !isOurs(exchange, routingKey)) return null;
  if (!Buffer.isBuffer(message.body)) return null;
  const resend: Record<string, string> = exchange === EXCHANGES.transfers ? { [RESEND_HEADER]: '1' } : {};
  return {
    exchange, routingKey, content: message.body,
    properties: {
      messageId: message.messageId, type: message.type, contentType: 'application/octet-stream',
      headers: { ...withoutItsDeath(message.headers), ...resend, [REPUBLISHED_HEADER]: DELIVERY_LIMIT },
    },
  };
}

/** Other reports come again by themselves, or are not worth a second chance. */
function isOurs(exchange: string, routingKey: string): boolean {
  if (exchange === EXCHANGES.reports) return routingKey === REPORT_ROUTES.receipt;
  return exchange === EXCHANGES.events || exchange === EXCHANGES.transfers;
}

/** Headers without what the broker counted and noted, and without the stamp: in a message's second life they would lie. */
export function withoutItsDeath(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isOfItsDeath(name)));
}

function isOfItsDeath(header: string): boolean {
  return COUNTERS.has(header) || header.includes('death') || header.startsWith('x-dead-');
}
