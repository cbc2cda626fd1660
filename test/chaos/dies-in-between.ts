import { closeSync, existsSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Loaded before a gateway (node --import): ends it with SIGKILL at moments between two steps that belong together, once at each. `DIES_IN` names a
 * folder: nothing happens before there is a file `armed` in it, and each death leaves a file with the moment's name.
 *
 * - `before-publish.centre`, `before-publish.hall`: committed, and the first order that follows is about to be published.
 * - `confirmed.centre`, `confirmed.hall`: the broker has confirmed an order, and nobody has noted it.
 * - `before-ack.<queue>`: everything is committed, and the message is about to be acknowledged.
 */
interface Message { readonly fields: object }
type Confirm = (error: unknown, ok: unknown) => void;
interface Publishing { publish: (this: Publishing, exchange: string, routingKey: string, content: Buffer, options: object, confirm: Confirm) => boolean }
interface Consuming {
  consume: (this: Consuming, queue: string, take: (message: Message | null) => void, options?: object) => Promise<unknown>;
  ack: (this: Consuming, message: Message, all?: boolean) => void;
}

const ORDERS = 'jiujin.transfers';
/** Nothing follows from what comes by the other queues. */
const WATCHED: ReadonlySet<string> = new Set(['gateway.intake', 'gateway.outcomes', 'gateway.receipts']);
const folder = process.env['DIES_IN'] ?? '';

function dieAt(moment: string): void {
  if (!existsSync(join(folder, 'armed'))) return;
  try {
    closeSync(openSync(join(folder, moment), 'wx'));
  } catch {
    // It died of this before.
    return;
  }
  process.kill(process.pid, 'SIGKILL');
}

const require = createRequire(import.meta.url);
const { Channel, ConfirmChannel } = require(join(dirname(require.resolve('amqplib')), 'lib/channel_model.js')) as {
  Channel: { prototype: Consuming }; ConfirmChannel: { prototype: Publishing };
};
const { consume, ack } = Channel.prototype;
const { publish } = ConfirmChannel.prototype;
/** By what the parts of a bundle have in common with it. */
const queues = new WeakMap<object, string>();
let confirmed = 0;

ConfirmChannel.prototype.publish = function diesPublishing(exchange, routingKey, content, options, confirm): boolean {
  if (exchange !== ORDERS) return publish.call(this, exchange, routingKey, content, options, confirm);
  const to = routingKey.includes('hall') ? 'hall' : 'centre';
  dieAt(`before-publish.${to}`);
  return publish.call(this, exchange, routingKey, content, options, (error, ok) => {
    if (error === null) confirmed += 1;
    if (error === null) dieAt(`confirmed.${to}`);
    confirm(error, ok);
  });
};

Channel.prototype.consume = function diesConsuming(queue, take, options): Promise<unknown> {
  const note = (message: Message | null): void => {
    if (message !== null && WATCHED.has(queue)) queues.set(message.fields, queue);
    take(message);
  };
  return consume.call(this, queue, note, options);
};

Channel.prototype.ack = function diesAcknowledging(message, all): void {
  // A message from which nothing followed would prove nothing.
  const queue = queues.get(message.fields);
  if (confirmed > 0 && queue !== undefined) dieAt(`before-ack.${queue}`);
  ack.call(this, message, all);
};
