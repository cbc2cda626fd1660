import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IllegalOperationError, type Channel, type ConsumeMessage } from 'amqplib';
import type { QueueSpec } from '#contracts';
import { createLogger } from '#runtime';
import { testTopology } from './bus-rig.fixture.ts';
import type { BusPublisher } from './publisher.ts';
import { SettleBatch, type Held } from './settle-batch.ts';
import { SharedAnswer } from './shared-answer.ts';

/** What a channel does whose connection is being closed. */
function refuse(): never {
  throw new IllegalOperationError('Connection closing');
}

describe('a message to be given back a little later', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => { unhandled.push(reason); };
  beforeEach(() => { process.on('unhandledRejection', note); });
  afterEach(() => { process.off('unhandledRejection', note); });

  it('ends no program when its connection is just being given up: it comes again with the next', async () => {
    const channel = { ack: refuse, nack: refuse, reject: refuse } as unknown as Channel;
    const [, spec] = testTopology().queues as [QueueSpec, QueueSpec];
    const stopping = new AbortController();
    const settle = new SettleBatch({
      spec, app: 'gateway', handlerName: 'test', publisher: {} as BusPublisher,
      logger: createLogger('gateway', { level: 'silent' }), channel: () => channel, stopping: stopping.signal,
    });
    const raw = { fields: { deliveryTag: 1 }, properties: { headers: {} } } as unknown as ConsumeMessage;
    const held: Held = { channel, shared: new SharedAnswer(1), delivery: { raw, headers: {}, deliveryCount: 0 } };
    await settle.run([held], [{ kind: 'again', reason: 'locked' }], false);
    stopping.abort();
    await new Promise((resolve) => { setImmediate(resolve); });
    expect(unhandled).toEqual([]);
  });
});
