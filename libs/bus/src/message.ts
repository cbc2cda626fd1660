import type { Options } from 'amqplib';

/** A message to be published: one JSON value, sealed before it leaves the process. */
export interface OutgoingMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly messageId: string;
  readonly type: string;
  /** Any JSON value, or a `Buffer` with its text in UTF-8. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A message whose body is bytes already: what a dead letter is made of. */
export interface RawMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly properties: Options.Publish;
}

/** A message handed to a handler. In a dead-letter queue the body is the raw `Buffer`, as it lay in the broker. */
export interface IncomingMessage<T = unknown> {
  readonly queue: string;
  readonly messageId: string;
  readonly type: string;
  readonly body: T;
  /** Every header as text; lists and tables (such as `x-death`) as JSON. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it came, for who wants to keep it as it is: sealed with the key of this version. */
  readonly sealed?: { readonly bytes: Buffer; readonly version: number };
  /** How often it was handed out before: 0 the first time. Every lost connection counts, so it says nothing against the message. */
  readonly deliveryCount: number;
  /** How often a handler in this process gave it back: what a handler that wants to give up goes by. */
  readonly failures: number;
}

/**
 * What became of a message, said by its handler and carried out by the bus.
 *
 * - `done`: acknowledged.
 * - `again`: given back to the queue; counts towards the queue's delivery limit, after which the broker makes it a dead letter.
 * - `dead`: stamped with why, where and which handler, published to the dead-letter exchange, and acknowledged once that is confirmed.
 */
export type Settlement =
  | 'done'
  | { readonly kind: 'again'; readonly reason: string }
  | { readonly kind: 'dead'; readonly reason: string; readonly code?: string };

/**
 * A handler's answer when what it depends on (the database, Redis) is away: nothing is wrong with the messages.
 * The batch stays in hand and is handed to the handler again after a back-off; no delivery is counted.
 */
export interface NotNow {
  readonly kind: 'not-now';
  readonly reason: string;
}

/** What a handler returns: one settlement for each message, in the order of the batch; or {@link NotNow} for the whole batch. */
export type BatchResult = readonly Settlement[] | NotNow;
