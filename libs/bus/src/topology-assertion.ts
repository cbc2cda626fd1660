import type { Channel, ChannelModel } from 'amqplib';
import { EXCHANGES, type QueueSpec, type Topology } from '#contracts';
import { TopologyError } from './bus-errors.ts';

type QueueArguments = Record<string, string | number>;

/**
 * A delivery limit that no message reaches: once a second it would take sixty years. It is said rather than left out, because RabbitMQ 4
 * gives a queue that says nothing a limit of 20; and it is not said as -1, because RabbitMQ 3 takes that for a number that every message
 * has passed as soon as it is given back, and drops it.
 */
const NO_DELIVERY_LIMIT = 2_000_000_000;

/**
 * The arguments a queue is declared with. Quorum queues, so that a confirm means "on disk, on a majority". Dead-lettering at least once
 * needs `reject-publish`: with `drop-head` the broker itself could lose a message. A dead-letter queue has nowhere to send its own dead
 * letters, so its delivery limit is out of reach: the broker would throw away what passes it.
 */
export function queueArguments(spec: QueueSpec): QueueArguments {
  const bounded: QueueArguments = { 'x-queue-type': 'quorum', 'x-overflow': 'reject-publish', 'x-max-length': spec.maxLength };
  if (spec.deadLetterKey === null || spec.deliveryLimit === null) return { ...bounded, 'x-delivery-limit': NO_DELIVERY_LIMIT };
  return {
    ...bounded,
    'x-delivery-limit': spec.deliveryLimit,
    'x-dead-letter-exchange': EXCHANGES.deadLetters,
    'x-dead-letter-routing-key': spec.deadLetterKey,
    'x-dead-letter-strategy': 'at-least-once',
  };
}

/** Declares exchanges, queues and bindings. Declaring what exists is harmless. @throws TopologyError when a queue exists with other arguments. */
export async function assertTopology(model: ChannelModel, topology: Topology): Promise<void> {
  const channel = await model.createChannel();
  // The rejected call carries the reason; without a listener the event would end the process.
  channel.on('error', () => undefined);
  for (const exchange of topology.exchanges) await declare(exchange.name, () => channel.assertExchange(exchange.name, exchange.type, { durable: true }));
  for (const queue of topology.queues) await assertQueue(channel, queue);
  await channel.close();
}

async function assertQueue(channel: Channel, spec: QueueSpec): Promise<void> {
  await declare(spec.name, () => channel.assertQueue(spec.name, { durable: true, arguments: queueArguments(spec) }));
  for (const key of spec.routingKeys) await channel.bindQueue(spec.name, spec.exchange, key);
}

async function declare(name: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    throw explainDeclareError(name, error as Error & { code?: number });
  }
}

const PRECONDITION_FAILED = 406;

/** Turns the broker's refusal of a declaration into an error that says what differs and how to get out of it; other errors stay as they are. */
export function explainDeclareError(name: string, error: Error & { code?: number | string }): Error {
  if (error.code !== PRECONDITION_FAILED) return error;
  const difference = /inequivalent arg '([^']+)' for (?:queue|exchange) '[^']+' in vhost '[^']+': received (.+?) but current is (.+?)"?$/.exec(error.message);
  const what = difference
    ? `argument ${difference[1]}: this program declares ${plain(difference[2])}, the broker has ${plain(difference[3])}`
    : error.message;
  return new TopologyError(
    `${name} exists on RabbitMQ with other arguments (${what}). Arguments of an existing queue cannot be changed: let its consumer empty it `
    + `(or move its messages with a shovel), see 0 messages in "rabbitmqctl list_queues -p VHOST name messages", stop the programs, `
    + `run "rabbitmqctl delete_queue -p VHOST ${name}", and start again.`,
    { cause: error },
  );
}

/** `'5'` or `the value '5' of type 'long'` → `5`; `none` stays as it is. */
function plain(text: string | undefined): string {
  return /'(.*?)'/.exec(text ?? '')?.[1] ?? text ?? '';
}
