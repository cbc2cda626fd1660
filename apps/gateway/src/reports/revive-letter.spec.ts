import { describe, expect, it } from '@jest/globals';
import { readDeadLetter } from '#bus';
import type { IncomingMessage } from '#bus';
import { EXCHANGES } from '#contracts';
import { reviveLetter } from './revive-letter.ts';

/** A letter as RabbitMQ buries it. */
function buried(exchange: string, key: string, reason = 'delivery_limit', headers: Record<string, string> = {}): IncomingMessage {
  return {
    queue: 'gateway.dead-letters', messageId: 'm-1', type: 'case.received', body: Buffer.from('sealed'), deliveryCount: 0, failures: 0,
    headers: {
      'x-party': 'hall:410204', 'x-key-version': '1', 'x-delivery-count': '101', 'x-acquired-count': '140', 'x-first-death-queue': 'gateway.intake', 'x-first-death-reason': reason,
      'x-death': JSON.stringify([{ queue: 'gateway.intake', reason, exchange, 'routing-keys': [key], time: { value: 1 }, count: 1 }]), ...headers,
    },
  };
}
const revive = (message: IncomingMessage): ReturnType<typeof reviveLetter> => reviveLetter(message, readDeadLetter(message));

describe('a letter that the broker buried at the delivery limit', () => {
  it('is published once more as it was, without the marks of its death', () => {
    expect(revive(buried(EXCHANGES.events, 'intake'))).toEqual({
      exchange: EXCHANGES.events, routingKey: 'intake', content: Buffer.from('sealed'),
      properties: {
        messageId: 'm-1', type: 'case.received', contentType: 'application/octet-stream',
        headers: { 'x-party': 'hall:410204', 'x-key-version': '1', 'x-republished': 'delivery-limit' },
      },
    });
  });

  it('says of an order that it may have been sent before', () => {
    expect(revive(buried(EXCHANGES.transfers, 'centre'))?.properties.headers).toMatchObject({ 'x-resend': '1', 'x-republished': 'delivery-limit' });
  });

  it('has its second chance also when a journal had published it again', () => {
    expect(revive(buried(EXCHANGES.events, 'intake', 'delivery_limit', { 'x-republished': 'journal' }))?.properties.headers['x-republished']).toBe('delivery-limit');
  });

  it.each([
    ['was buried a second time', buried(EXCHANGES.events, 'intake', 'delivery_limit', { 'x-republished': 'delivery-limit' })],
    ['was refused by the queue', buried(EXCHANGES.events, 'intake', 'rejected')],
    ['reports what comes again by itself', buried(EXCHANGES.reports, 'door-refusal')],
    ['was published by nobody we know', buried('', 'gateway.intake')],
    ['killed its process', buried(EXCHANGES.events, 'intake', 'delivery_limit', {
      'x-dead-queue': 'gateway.intake', 'x-dead-code': 'kills-its-process', 'x-dead-exchange': EXCHANGES.events, 'x-dead-routing-key': 'intake', 'x-dead-at': '2026-11-23T00:00:00Z',
    })],
  ])('stays buried when it %s', (_why, message) => {
    expect(revive(message)).toBeNull();
  });

  it('has its second chance as a receipt too', () => {
    expect(revive(buried(EXCHANGES.reports, 'receipt'))).toMatchObject({ exchange: EXCHANGES.reports, routingKey: 'receipt' });
  });
});
