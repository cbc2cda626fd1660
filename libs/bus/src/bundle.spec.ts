import { describe, expect, it } from '@jest/globals';
import type { ConsumeMessage } from 'amqplib';
import fc from 'fast-check';
import { bundleOf, partsOf } from './bundle.ts';
import type { RawMessage } from './message.ts';

const message = (messageId: string, content: Buffer): RawMessage => ({
  exchange: 'events', routingKey: 'intake', content,
  properties: { messageId, type: 'case.received', contentType: 'application/octet-stream', headers: { 'x-project-no': messageId } },
});

/** A message as it comes out of its queue, with the broker's own headers. */
const delivered = ({ content, properties }: RawMessage, brokerHeaders: object = {}): ConsumeMessage =>
  ({ content, fields: { deliveryTag: 7 }, properties: { ...properties, headers: { ...(properties.headers as object), ...brokerHeaders } } }) as unknown as ConsumeMessage;

describe('a bundle', () => {
  it('gives back every message as it was, whatever its bytes and headers', () => {
    const anyMessage = fc.record({ id: fc.string(), bytes: fc.uint8Array({ maxLength: 200 }) }).map(({ id, bytes }) => message(id, Buffer.from(bytes)));
    fc.assert(fc.property(fc.array(anyMessage, { minLength: 1, maxLength: 20 }), (messages) => {
      const parts = partsOf(delivered(bundleOf(messages)));
      expect(parts.map(({ content, properties }) => ({ content, properties }))).toEqual(messages.map(({ content, properties }) => ({ content, properties })));
    }));
  });

  it('of one message is that message', () => {
    const only = message('a', Buffer.from('bytes'));
    expect(bundleOf([only])).toBe(only);
  });

  it('hands what the broker counted on to every part, over what a part claims', () => {
    const lying = { ...message('a', Buffer.from('x')), properties: { headers: { 'x-delivery-count': 0 } } };
    const parts = partsOf(delivered(bundleOf([lying, message('b', Buffer.from('y'))]), { 'x-delivery-count': 3 }));
    expect(parts).toMatchObject(Array(2).fill({ properties: { headers: { 'x-delivery-count': 3 } }, fields: { deliveryTag: 7 } }));
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['emptied', () => Buffer.alloc(0)],
    ['without its last head', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('more')])],
    ['with a length that is none', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('{"bytes":-1}\n')])],
  ])('that was %s stays whole, so that it is found unreadable', (_case, damage) => {
    const whole = bundleOf([message('a', Buffer.from('one')), message('b', Buffer.from('two'))]);
    const raw = delivered({ ...whole, content: damage(whole.content) });
    expect(partsOf(raw)).toEqual([raw]);
  });
});
