import { describe, expect, it } from '@jest/globals';
import type { ConsumeMessage } from 'amqplib';
import { KeyRing } from '#runtime';
import { nextBatchLength, openDelivery, readDelivery } from './delivery.ts';
import { FailureCounts } from './failure-counts.ts';
import { sealBody } from './sealed-body.ts';

const ring = KeyRing.fromJson(KeyRing.generateJson());
const source = { queue: 'q', sealer: ring, keepRaw: false, failures: new FailureCounts(10) };
const message = (content: Buffer, headers: Record<string, unknown>) => ({ content, fields: {}, properties: { headers, messageId: 'm1', type: 't' } }) as unknown as ConsumeMessage;

describe('reading a delivery', () => {
  it('turns every header into text and reads the delivery count', () => {
    const delivery = readDelivery(message(Buffer.alloc(0), { 'x-party': 'centre', 'x-delivery-count': 2, 'x-death': [{ queue: 'q' }], gone: undefined }));
    expect(delivery).toMatchObject({ deliveryCount: 2, headers: { 'x-party': 'centre', 'x-delivery-count': '2', 'x-death': '[{"queue":"q"}]' } });
    expect(delivery.headers).not.toHaveProperty('gone');
  });

  it.each([
    [{}, 0],
    [{ 'x-delivery-count': 0 }, 0],
    [{ 'x-delivery-count': 3 }, 3],
    [{ 'x-acquired-count': 4 }, 4],
    [{ 'x-delivery-count': 1, 'x-acquired-count': 4 }, 4],
  ])('knows how often it was handed out before, whatever the broker\'s version calls it: %j', (headers, count) => {
    expect(readDelivery(message(Buffer.alloc(0), headers)).deliveryCount).toBe(count);
  });

  it('opens what its key ring sealed', () => {
    const { content, keyVersion } = sealBody(ring, { a: 1 });
    const opened = openDelivery(readDelivery(message(content, { 'x-key-version': keyVersion })), source);
    expect(opened).toMatchObject({ message: { queue: 'q', messageId: 'm1', type: 't', body: { a: 1 }, deliveryCount: 0, failures: 0 } });
  });

  it.each([
    ['bytes that were altered', (content: Buffer) => content.fill(0, 20, 24), '1'],
    ['an unknown key version', (content: Buffer) => content, '9'],
    ['no key version', (content: Buffer) => content, undefined],
    ['sealed bytes that are no JSON', () => ring.seal(Buffer.from('{')).bytes, '1'],
  ])('says that %s cannot be read', (_case, change, version) => {
    const content = change(sealBody(ring, { a: 1 }).content);
    const opened = openDelivery(readDelivery(message(content, version ? { 'x-key-version': version } : {})), source);
    expect(opened).toHaveProperty('unreadable');
  });

  it('quotes nothing of a body that is no JSON', () => {
    const { bytes } = ring.seal(Buffer.from('测试甲'));
    const opened = openDelivery(readDelivery(message(bytes, { 'x-key-version': '1' })), source);
    expect(opened).toMatchObject({ unreadable: 'the opened bytes are no JSON' });
  });

  it('leaves the bytes alone where they are wanted raw', () => {
    expect(openDelivery(readDelivery(message(Buffer.from('x'), {})), { ...source, keepRaw: true })).toMatchObject({ message: { body: Buffer.from('x') } });
  });
});

describe('cutting the next batch', () => {
  it('takes what waits, up to the size', () => {
    expect(nextBatchLength([0, 0, 1, 0], 3)).toBe(3);
    expect(nextBatchLength([0, 1], 3)).toBe(2);
    expect(nextBatchLength([], 3)).toBe(0);
  });

  it('takes a message that came back twice alone, and ends the batch before it', () => {
    expect(nextBatchLength([2, 0, 0], 3)).toBe(1);
    expect(nextBatchLength([0, 1, 2, 0], 10)).toBe(2);
  });
});
