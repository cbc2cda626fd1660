import type { ConsumeMessage } from 'amqplib';
import { EXCHANGES } from '#contracts';
import { COUNTERS, type Delivery } from './delivery.ts';
import type { IncomingMessage } from './message.ts';
import type { RawMessage } from './message.ts';

/** Why and where a message died. */
export interface DeadLetterStamp {
  readonly queue: string;
  readonly app: string;
  readonly handler: string;
  readonly reason: string;
  readonly code: string;
  readonly deliveryCount: number;
  /** Where it was published to in the first place. */
  readonly exchange: string;
  readonly routingKey: string;
  /** RFC 3339. */
  readonly at: string;
}

const MAX_REASON = 500;
const PREFIX = 'x-dead-';

/** The dead letter made of a delivery: the same bytes and headers, stamped. */
export function deadLetterOf(delivery: Delivery, key: string, stamp: Pick<DeadLetterStamp, 'queue' | 'app' | 'handler' | 'reason' | 'code'>, at: string): RawMessage {
  const { raw } = delivery;
  return {
    exchange: EXCHANGES.deadLetters,
    routingKey: key,
    content: raw.content,
    properties: {
      ...keptProperties(raw),
      headers: {
        ...withoutBrokerHeaders(raw.properties.headers ?? {}),
        [`${PREFIX}queue`]: stamp.queue,
        [`${PREFIX}app`]: stamp.app,
        [`${PREFIX}handler`]: stamp.handler,
        [`${PREFIX}reason`]: stamp.reason.slice(0, MAX_REASON),
        [`${PREFIX}code`]: stamp.code,
        [`${PREFIX}delivery-count`]: String(delivery.deliveryCount),
        [`${PREFIX}exchange`]: raw.fields.exchange,
        [`${PREFIX}routing-key`]: raw.fields.routingKey,
        [`${PREFIX}at`]: at,
      },
    },
  };
}

/**
 * Why and where a message of a dead-letter queue died: from the stamp, or, where the broker moved it at the delivery limit,
 * from the broker's own `x-death` header.
 */
export function readDeadLetter(message: IncomingMessage): DeadLetterStamp {
  const { headers } = message;
  const stamped = (name: string): string => headers[PREFIX + name] ?? '';
  if (stamped('queue') === '') return readBrokerDeath(headers);
  return {
    queue: stamped('queue'), app: stamped('app'), handler: stamped('handler'), reason: stamped('reason'), code: stamped('code'),
    deliveryCount: Number(stamped('delivery-count')), exchange: stamped('exchange'), routingKey: stamped('routing-key'), at: stamped('at'),
  };
}

interface BrokerDeath {
  readonly queue: string;
  readonly reason: string;
  readonly exchange: string;
  readonly 'routing-keys': readonly string[];
  readonly time: { readonly value: number };
}

const UNKNOWN_DEATH: BrokerDeath = { queue: 'unknown', reason: 'unknown', exchange: '', 'routing-keys': [], time: { value: 0 } };

function readBrokerDeath(headers: Readonly<Record<string, string>>): DeadLetterStamp {
  const death = { ...UNKNOWN_DEATH, ...firstDeath(headers['x-death']) };
  return {
    queue: death.queue,
    app: death.queue.split('.')[0] ?? 'unknown',
    handler: death.queue,
    reason: `RabbitMQ: ${death.reason}`,
    code: death.reason.replaceAll('_', '-'),
    deliveryCount: Math.max(...COUNTERS.map((name) => Number(headers[name] ?? 0))),
    exchange: death.exchange,
    routingKey: death['routing-keys'][0] ?? '',
    at: new Date(death.time.value * 1000).toISOString(),
  };
}

function firstDeath(header: string | undefined): Partial<BrokerDeath> {
  try {
    const deaths = JSON.parse(header ?? '[]') as readonly Partial<BrokerDeath>[];
    return deaths[0] ?? {};
  } catch {
    return {};
  }
}

function keptProperties({ properties }: ConsumeMessage): RawMessage['properties'] {
  const { messageId, type, contentType } = properties as { messageId?: string; type?: string; contentType?: string };
  return { messageId, type, contentType };
}

/** The broker's own counters belong to the old queue; in the new one they would lie. */
function withoutBrokerHeaders(headers: Record<string, unknown>): Record<string, unknown> {
  const counters: readonly string[] = COUNTERS;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !counters.includes(name) && !name.includes('death')));
}
