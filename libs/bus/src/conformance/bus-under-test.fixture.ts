import { EXCHANGES, type QueueSpec, type Topology } from '#contracts';
import type { QueueOptions } from '../bus-server.ts';
import type { BatchResult, IncomingMessage, OutgoingMessage } from '../message.ts';

/** The queue under test, and where its dead letters go. */
export const WORK = 'gateway.work';
export const LETTERS = 'gateway.letters';
/** A queue of so few messages that a test can fill it. */
export const SMALL = 'gateway.small';
export const DELIVERY_LIMIT = 2;

export type BatchHandle = (batch: IncomingMessage[]) => BatchResult | Promise<BatchResult>;

/** A dead letter as anyone finds it in its queue. */
export interface FoundLetter {
  readonly messageId: string;
  readonly content: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Serving {
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** What the suite asks of a bus: what the programs do with it, and a look into the queues from outside. */
export interface BusUnderTest {
  publish(message: OutgoingMessage): Promise<void>;
  publishAll(messages: readonly OutgoingMessage[]): Promise<PromiseSettledResult<void>[]>;
  /** Puts bytes into the work queue that nobody sealed. */
  intrude(messageId: string, content: Buffer): Promise<void>;
  /** Consumes the work queue. */
  serve(handle: BatchHandle, queue?: Omit<QueueOptions, 'name'>, closeTimeoutMs?: number): Promise<Serving>;
  ready(queue: string): Promise<number>;
  takeLetter(): Promise<FoundLetter | null>;
  /** The JSON value of a sealed body. */
  open(letter: FoundLetter): unknown;
  /** Ends all that serves and empties the queues. */
  clear(): Promise<void>;
}

export function conformanceTopology(): Topology {
  const queue = (name: string, key: string, changes: Partial<QueueSpec> = {}): QueueSpec => ({
    name, purpose: 'conformance', exchange: EXCHANGES.events, routingKeys: [key], consumer: 'centre-adapter', deliveryLimit: DELIVERY_LIMIT,
    deadLetterKey: 'gateway', bundled: false, gatherMs: 0, maxLength: 1_000, ...changes,
  });
  return {
    exchanges: [EXCHANGES.events, EXCHANGES.deadLetters].map((name) => ({ name, type: 'direct' })),
    queues: [
      queue(WORK, 'work', { consumer: 'gateway' }),
      queue(SMALL, 'small', { maxLength: 3 }),
      queue(LETTERS, 'gateway', { exchange: EXCHANGES.deadLetters, deliveryLimit: null, deadLetterKey: null }),
    ],
  };
}

export function workMessage(messageId: string, body: unknown = { messageId }, routingKey = 'work'): OutgoingMessage {
  return { exchange: EXCHANGES.events, routingKey, messageId, type: 'case.received', body, headers: { 'x-project-no': messageId } };
}
