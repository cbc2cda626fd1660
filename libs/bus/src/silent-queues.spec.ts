import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ChannelModel } from 'amqplib';
import { topologyFor } from '#contracts';
import { createLogger } from '#runtime';
import type { BusConnection } from './connection.ts';
import { SilentQueues } from './silent-queues.ts';

const DAY_MS = 86_400_000;

/** A connection to a broker that takes the question and does not answer it; how often it was asked. */
function unanswering(): { connection: BusConnection; asked: () => number } {
  let asked = 0;
  const consume = (): Promise<never> => {
    asked += 1;
    return new Promise(() => undefined);
  };
  const channel = { on: () => undefined, prefetch: () => Promise.resolve(), consume };
  const model = { createChannel: () => Promise.resolve(channel), close: () => Promise.resolve() } as unknown as ChannelModel;
  return { connection: { connectApart: () => Promise.resolve(model) } as unknown as BusConnection, asked: () => asked };
}

describe('a queue that is silent for days', () => {
  beforeEach(() => { jest.useFakeTimers(); });
  afterEach(() => { jest.useRealTimers(); });

  it('is asked so seldom that the questions it answers in the end bring no message to its delivery limit', async () => {
    const limits = topologyFor([]).queues.flatMap(({ deliveryLimit }) => deliveryLimit ?? []);
    const { connection, asked } = unanswering();
    const silent = new SilentQueues({ connection, logger: createLogger('gateway', { level: 'silent' }), onAnswer: () => undefined });
    silent.add('gateway.intake', 'no answer');
    await jest.advanceTimersByTimeAsync(2 * DAY_MS);
    silent.stop();
    expect(asked()).toBeGreaterThan(10);
    expect(asked()).toBeLessThan(Math.min(...limits) * 0.6);
  });
});
