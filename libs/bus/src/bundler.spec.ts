import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { partsOf } from './bundle.ts';
import { Bundler } from './bundler.ts';
import type { RawMessage } from './message.ts';

interface Sending { readonly ids: string[]; readonly bytes: number; readonly confirm: () => void; readonly refuse: (error: Error) => void }
const everythingSent: Sending[] = [];

/** A bundler over a broker that answers when it is told to, at the latest at the end of the test. */
function bundling(maxWaiting = 1_000, timeoutMs = 60_000) {
  const sent: Sending[] = [];
  const bundler = new Bundler({
    maxWaiting, timeoutMs,
    send: (message) => new Promise((confirm, refuse) => {
      const sending = { ids: idsOf(message), bytes: message.content.length, confirm, refuse };
      sent.push(sending);
      everythingSent.push(sending);
    }),
  });
  const say = (ids: readonly string[], size = 1, routingKey = 'intake', gatherMs = 0): Promise<void>[] => ids.map((messageId) => bundler.publish({
    exchange: 'events', routingKey, content: Buffer.alloc(size), properties: { messageId, headers: {} },
  }, gatherMs));
  return { sent, say };
}

const idsOf = (message: RawMessage): string[] => partsOf(message as unknown as Parameters<typeof partsOf>[0]).map(({ properties }) => String(properties.messageId));
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));

describe('the bundler', () => {
  // What nobody answers runs into its time-out long after the test, in the middle of another one.
  afterEach(async () => {
    jest.useRealTimers();
    await turn();
    for (const { confirm } of everythingSent) {
      confirm();
      await turn();
    }
    everythingSent.length = 0;
  });

  it('sends what comes in one turn together, and what comes while two are under way with the next that is free, in order', async () => {
    const { sent, say } = bundling();
    const first = say(['a', 'b']);
    await turn();
    void say(['c']);
    await turn();
    void say(['d']);
    await turn();
    void say(['e', 'f']);
    await turn();
    expect(sent.map(({ ids }) => ids)).toEqual([['a', 'b'], ['c']]);
    sent[0]?.confirm();
    await Promise.all(first);
    await turn();
    expect(sent.map(({ ids }) => ids)).toEqual([['a', 'b'], ['c'], ['d', 'e', 'f']]);
  });

  it('lets a message for which nobody waits gather company for a while, or until there is enough of it', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'clearImmediate'] });
    const { sent, say } = bundling();
    const gather = (...ids: string[]): void => void say(ids, 1, 'receipt', 50);
    gather('a');
    await turn();
    jest.advanceTimersByTime(49);
    gather('b');
    await turn();
    expect(sent).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(sent.map(({ ids }) => ids)).toEqual([['a', 'b']]);
    gather(...numbers(8));
    await turn();
    expect(sent.map(({ ids }) => ids).slice(1)).toEqual([numbers(8)]);
    gather('c');
    sent[0]?.confirm();
    await turn();
    jest.advanceTimersByTime(49);
    expect(sent).toHaveLength(2);
    jest.advanceTimersByTime(1);
    expect(sent.at(-1)?.ids).toEqual(['c']);
  });

  it('keeps routes apart', async () => {
    const { sent, say } = bundling();
    void say(['a']);
    void say(['b'], 1, 'outcome');
    await turn();
    expect(sent.map(({ ids }) => ids)).toEqual([['a'], ['b']]);
  });

  it('makes no bundle of more than 64 parts or, unless one part alone is larger, 64 KiB', async () => {
    const many = bundling();
    void many.say(numbers(100));
    await turn();
    expect(many.sent.map(({ ids }) => ids.length)).toEqual([64, 36]);
    const large = bundling();
    void large.say(['a', 'b', 'c', 'd'], 30 * 1024);
    void large.say(['huge'], 100 * 1024);
    await turn();
    large.sent[0]?.confirm();
    await turn();
    await turn();
    expect(large.sent.map(({ ids }) => ids)).toEqual([['a', 'b'], ['c', 'd'], ['huge']]);
  });

  it('tells every part what became of the bundle, and goes on with the next', async () => {
    const { sent, say } = bundling();
    const refused = say(['a', 'b']);
    await turn();
    sent[0]?.refuse(new Error('nack'));
    expect(await Promise.allSettled(refused)).toEqual([{ status: 'rejected', reason: new Error('nack') }, { status: 'rejected', reason: new Error('nack') }]);
    const taken = say(['c']);
    await turn();
    sent[1]?.confirm();
    await Promise.all(taken);
  });

  it('lets nobody wait longer than the time-out, and says whether a message was already on its way', async () => {
    const { sent, say } = bundling(1_000, 50);
    const [aboard] = say(['a']);
    await turn();
    const [alsoAboard] = say(['b']);
    await turn();
    const waiting = say(['c', 'd']);
    await expect(aboard).rejects.toMatchObject({ code: 'timeout', uncertain: true });
    await expect(alsoAboard).rejects.toMatchObject({ code: 'timeout', uncertain: true });
    for (const result of await Promise.allSettled(waiting)) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'timeout', uncertain: false } });
    sent[0]?.confirm();
    await turn();
    expect(sent.map(({ ids }) => ids)).toEqual([['a'], ['b']]);
  });

  it('lets only so many wait', async () => {
    const { say } = bundling(2);
    const [, , third] = say(['a', 'b', 'c']);
    await expect(third).rejects.toMatchObject({ code: 'overloaded', uncertain: false });
  });
});
