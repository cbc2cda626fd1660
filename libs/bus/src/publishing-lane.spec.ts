import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { ChannelModel } from 'amqplib';
import { createLogger } from '#runtime';
import type { RawMessage } from './message.ts';
import { PublishingLane } from './publishing-lane.ts';

type Answer = (error: Error | null) => void;

/** A channel whose broker answers when it is told to. */
class Channel extends EventEmitter {
  readonly answers: Answer[] = [];
  closed = false;

  publish(_exchange: string, _key: string, _content: Buffer, _properties: object, answer: Answer): boolean {
    this.answers.push(answer);
    return true;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

const NACK = new Error('message nacked');
const MESSAGE: RawMessage = { exchange: 'events', routingKey: 'intake', content: Buffer.from('x'), properties: { headers: {} } };
const turns = async (): Promise<void> => { for (let turn = 0; turn < 20; turn += 1) await Promise.resolve(); };

async function laneOf() {
  const channels: Channel[] = [];
  const model = { createConfirmChannel: () => { channels.push(new Channel()); return Promise.resolve(channels.at(-1)); } } as unknown as ChannelModel;
  const lane = new PublishingLane({
    queue: 'q', timeoutMs: 60_000, maxInFlight: 10, maxWaiting: 10, logger: createLogger('gateway', { level: 'silent' }), onLost: () => undefined,
  });
  await lane.attach(model);
  const ends: string[] = [];
  const say = (): void => void lane.carry(MESSAGE).then(() => ends.push('taken'), ({ name }: Error) => ends.push(name));
  /** The newest channel refuses one message, after so many milliseconds. */
  const refuseAfter = async (ms: number): Promise<void> => {
    jest.advanceTimersByTime(ms);
    say();
    channels.at(-1)?.answers.pop()?.(NACK);
    await turns();
  };
  return { lane, channels, ends, say, refuseAfter };
}

describe('a lane that is refused everything', () => {
  beforeEach(() => { jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] }); });
  afterEach(() => { jest.useRealTimers(); });

  it('takes another channel after two seconds, hears the old one out, and closes it then', async () => {
    const { channels, ends, say, refuseAfter } = await laneOf();
    say();
    await refuseAfter(0);
    await refuseAfter(1_900);
    expect(channels).toHaveLength(1);
    await refuseAfter(200);
    expect(channels).toHaveLength(2);
    expect(channels[0]?.closed).toBe(false);
    channels[0]?.answers.pop()?.(null);
    await turns();
    expect(ends.at(-1)).toBe('taken');
    expect(channels.map(({ closed }) => closed)).toEqual([true, false]);
  });

  it('waits twice as long each time, half a minute at most, and begins anew once a message is taken there', async () => {
    const { channels, say, refuseAfter } = await laneOf();
    const waitedFor: number[] = [];
    for (let renewal = 0; renewal < 6; renewal += 1) {
      const before = channels.length;
      await refuseAfter(0);
      for (let waited = 500; ; waited += 500) {
        await refuseAfter(500);
        if (channels.length === before) continue;
        waitedFor.push(waited);
        break;
      }
    }
    expect(waitedFor).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    say();
    channels.at(-1)?.answers.pop()?.(null);
    await turns();
    await refuseAfter(0);
    await refuseAfter(2_000);
    expect(channels).toHaveLength(8);
    expect(channels.filter(({ closed }) => !closed)).toHaveLength(1);
  });

  it('closes when the broker has answered for what was written to the old channel too', async () => {
    const { lane, channels, say, refuseAfter } = await laneOf();
    say();
    await refuseAfter(0);
    await refuseAfter(2_000);
    let closed = false;
    void lane.close().then(() => { closed = true; });
    await turns();
    expect(closed).toBe(false);
    channels[0]?.answers.pop()?.(null);
    await turns();
    expect(closed).toBe(true);
  });
});
