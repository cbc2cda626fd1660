import type { RawMessage } from '#bus';

/** An accepted event on its way to RabbitMQ: sealed, and with what it is ordered by. */
export interface Letter {
  /** `source#id` */
  readonly messageId: string;
  /** The case (办件), or the grant of permission, whose events must stay in order. */
  readonly orderKey: string;
  readonly message: RawMessage;
}

interface Envelope {
  readonly orderKey: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: RawMessage['properties'];
}

const LINE_FEED = 10;

/** A letter as bytes for the journal: its envelope as a line of JSON (ids only), then the sealed body as it is. */
export function encodeLetter({ orderKey, message }: Letter): Buffer {
  const { exchange, routingKey, properties, content } = message;
  const envelope: Envelope = { orderKey, exchange, routingKey, properties };
  return Buffer.concat([Buffer.from(`${JSON.stringify(envelope)}\n`), content]);
}

/** The letter of a journal entry, to be published again. `by` says by whom, so that the gateway does not take it for a repetition of the sender. */
export function decodeLetter(messageId: string, record: Buffer, by: 'journal' | 'spool'): Letter {
  const end = record.indexOf(LINE_FEED);
  const { orderKey, exchange, routingKey, properties } = JSON.parse(record.subarray(0, end).toString()) as Envelope;
  const headers = { ...(properties.headers as Record<string, unknown>), 'x-republished': by };
  return { messageId, orderKey, message: { exchange, routingKey, content: record.subarray(end + 1), properties: { ...properties, headers } } };
}
