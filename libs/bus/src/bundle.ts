import type { ConsumeMessage } from 'amqplib';
import type { RawMessage } from './message.ts';

/** The content type of a message that carries several others. */
const BUNDLE = 'application/x-jiujin-bundle';
/** A bundle carries at most so many. */
export const MOST_PARTS = 64;
const LINE_FEED = 10;

/** What a part needs besides its bytes to be a message again. */
interface PartHead {
  readonly bytes: number;
  readonly messageId?: string | undefined;
  readonly type?: string | undefined;
  readonly contentType?: string | undefined;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Several messages for one route as a single one (合包): each part is a line of JSON, then its bytes as they are. A broker's work, and that of the
 * client library, goes with the number of messages far more than with their size.
 */
export function bundleOf(messages: readonly RawMessage[]): RawMessage {
  const [first] = messages;
  if (first === undefined) throw new Error('a bundle of nothing');
  if (messages.length === 1) return first;
  return {
    exchange: first.exchange,
    routingKey: first.routingKey,
    content: Buffer.concat(messages.flatMap(({ content, properties }) => [headOf(content, properties), content])),
    properties: { contentType: BUNDLE, type: 'bundle', headers: {} },
  };
}

/**
 * The messages that came in this one: itself, or the parts of a bundle, each with the broker's headers of the bundle. A bundle that cannot be taken
 * apart is left whole: whoever opens its body finds it unreadable, and it becomes a dead letter.
 */
export function partsOf<Message extends Pick<ConsumeMessage, 'content' | 'properties'>>(raw: Message): Message[] {
  if (raw.properties.contentType !== BUNDLE) return [raw];
  try {
    const parts = [...readParts(raw)];
    return parts.length > 0 ? parts : [raw];
  } catch {
    return [raw];
  }
}

function headOf(content: Buffer, properties: RawMessage['properties']): Buffer {
  const { messageId, type, contentType, headers } = properties as Omit<PartHead, 'bytes'>;
  return Buffer.from(`${JSON.stringify({ bytes: content.length, messageId, type, contentType, headers } satisfies PartHead)}\n`);
}

function* readParts<Message extends Pick<ConsumeMessage, 'content' | 'properties'>>(raw: Message): Generator<Message> {
  const { content, properties } = raw;
  for (let at = 0; at < content.length;) {
    const end = content.indexOf(LINE_FEED, at);
    const { bytes, headers, ...named } = JSON.parse(content.toString('utf8', at, end)) as PartHead;
    const from = end + 1;
    if (end < at || !Number.isSafeInteger(bytes) || bytes < 0 || from + bytes > content.length) throw new Error('no bundle');
    at = from + bytes;
    const ofTheBroker = properties.headers;
    yield { ...raw, content: content.subarray(from, at), properties: { ...properties, ...named, headers: { ...headers, ...ofTheBroker } } };
  }
}
