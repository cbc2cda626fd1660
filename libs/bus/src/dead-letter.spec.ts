import { describe, expect, it } from '@jest/globals';
import type { ConsumeMessage } from 'amqplib';
import { deadLetterOf, readDeadLetter } from './dead-letter.ts';
import { readDelivery } from './delivery.ts';
import type { IncomingMessage } from './message.ts';

const raw = {
  content: Buffer.from('bytes'),
  fields: { exchange: 'jiujin.events', routingKey: 'intake' },
  properties: { messageId: 'm1', type: 't', contentType: 'application/octet-stream', headers: { 'x-party': 'centre', 'x-key-version': '1', 'x-delivery-count': 3, 'x-death': [] } },
} as unknown as ConsumeMessage;
const stamp = { queue: 'gateway.intake', app: 'gateway', handler: 'IntakeConsumer.handle', reason: 'r'.repeat(900), code: 'c' };
const at = '2026-01-02T03:04:05.000Z';
const inDeadQueue = (headers: Record<string, string>): IncomingMessage => ({ queue: 'gateway.dead-letters', messageId: 'm1', type: 't', body: raw.content, headers, deliveryCount: 0, failures: 0 });

describe('stamping a dead letter', () => {
  const letter = deadLetterOf(readDelivery(raw), 'gateway', stamp, at);

  it('keeps the bytes, the id and the headers, without the broker\'s counters of the old queue', () => {
    expect(letter).toMatchObject({ exchange: 'jiujin.dead-letters', routingKey: 'gateway', content: raw.content, properties: { messageId: 'm1', type: 't' } });
    expect(letter.properties.headers).toMatchObject({ 'x-party': 'centre', 'x-key-version': '1' });
    expect(Object.keys(letter.properties.headers as object)).not.toContain('x-delivery-count');
    expect(Object.keys(letter.properties.headers as object)).not.toContain('x-death');
  });

  it('says why, where, which handler and how often, in a form that reads back; a long reason is cut', () => {
    expect(readDeadLetter(inDeadQueue(letter.properties.headers as Record<string, string>))).toEqual({
      ...stamp, reason: 'r'.repeat(500), deliveryCount: 3, exchange: 'jiujin.events', routingKey: 'intake', at,
    });
  });
});

describe('reading what the broker itself moved', () => {
  it('takes queue, reason and time from x-death', () => {
    const death = [{ queue: 'gateway.intake', reason: 'delivery_limit', exchange: 'jiujin.events', 'routing-keys': ['intake'], time: { '!': 'timestamp', value: 1_767_323_045 }, count: 1 }];
    expect(readDeadLetter(inDeadQueue({ 'x-death': JSON.stringify(death), 'x-delivery-count': '6' }))).toEqual({
      queue: 'gateway.intake', app: 'gateway', handler: 'gateway.intake', reason: 'RabbitMQ: delivery_limit', code: 'delivery-limit',
      deliveryCount: 6, exchange: 'jiujin.events', routingKey: 'intake', at: '2026-01-02T03:04:05.000Z',
    });
  });

  it.each([{}, { 'x-death': 'nonsense' }])('reads a letter without a stamp as unknown: %j', (headers) => {
    expect(readDeadLetter(inDeadQueue(headers as Record<string, string>))).toMatchObject({ queue: 'unknown', code: 'unknown' });
  });
});
