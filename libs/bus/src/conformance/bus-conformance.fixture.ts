import { afterEach, describe, expect, it } from '@jest/globals';
import { EXCHANGES } from '#contracts';
import { until } from '../../../../test/support/index.ts';
import { BusRejectedError, UnroutableError } from '../bus-errors.ts';
import { readDeadLetter, type DeadLetterStamp } from '../dead-letter.ts';
import type { BatchResult, IncomingMessage } from '../message.ts';
import { LETTERS, SMALL, WORK, workMessage, type BatchHandle, type BusUnderTest, type FoundLetter } from './bus-under-test.fixture.ts';

const within = 30_000;
const allDone = (batch: readonly IncomingMessage[]): BatchResult => batch.map(() => 'done');
const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `m${n}`);

/** What every bus must do, whatever carries its messages. */
export function conformsAsABus(name: string, bus: BusUnderTest): void {
  describe(`${name} is a bus:`, () => {
    afterEach(() => bus.clear());
    publishingConforms(bus);
    givingBackConforms(bus);
    dyingConforms(bus);
    closingConforms(bus);
    pacingConforms(bus);
  });
}

function publishingConforms(bus: BusUnderTest): void {
  it('a publish resolves when the message lies in its queue', async () => {
    await bus.publish(workMessage('m'));
    expect(await bus.ready(WORK)).toBe(1);
  });

  it('a message that no queue takes is refused, and no other beside it', async () => {
    const results = await bus.publishAll([workMessage('a'), workMessage('lost', {}, 'nowhere'), workMessage('b')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toBeInstanceOf(UnroutableError);
    expect(await bus.ready(WORK)).toBe(2);
  });

  it('a full queue refuses, and nothing is dropped from it', async () => {
    let taken = 0;
    let refusal: unknown;
    while (!refusal && taken < 100) await bus.publish(workMessage(`m${taken}`, {}, 'small')).then(() => { taken++; }, (error: unknown) => { refusal = error; });
    expect(refusal).toBeInstanceOf(BusRejectedError);
    expect(await bus.ready(SMALL)).toBe(taken);
  });

  it('messages are handed over once, in order, with body and headers', async () => {
    await bus.publishAll(ids(50).map((id) => workMessage(id, { id, name: '测试甲' })));
    const seen: IncomingMessage[] = [];
    await bus.serve((batch) => { seen.push(...batch); return allDone(batch); }, { batchSize: 7 });
    await until(() => seen.length >= 50, { within });
    expect(seen.map(({ messageId }) => messageId)).toEqual(ids(50));
    expect(seen[3]).toMatchObject({ queue: WORK, type: 'case.received', body: { id: 'm3', name: '测试甲' }, headers: { 'x-project-no': 'm3' }, deliveryCount: 0 });
    expect(await bus.ready(WORK)).toBe(0);
  });
}

function givingBackConforms(bus: BusUnderTest): void {
  it('what is given back comes again, counted, and nothing else with it', async () => {
    const seen = await run(bus, (batch) => batch.map(({ messageId, deliveryCount }) =>
      (messageId === 'b' && deliveryCount === 0 ? { kind: 'again', reason: 'once more' } : 'done')), 'a', 'b', 'c');
    await until(() => seen.length === 4, { within });
    expect(seen.toSorted()).toEqual(['a/0', 'b/0', 'b/1', 'c/0']);
    expect(await bus.ready(LETTERS)).toBe(0);
  });

  it('"not now" keeps the messages in hand and counts nothing against them', async () => {
    let calls = 0;
    const seen = await run(bus, (batch) => (++calls < 4 ? { kind: 'not-now', reason: 'database away' } : allDone(batch)), 'a', 'b');
    await until(() => seen.length >= 5 && calls >= 4, { within });
    expect(new Set(seen)).toEqual(new Set(['a/0', 'b/0']));
    expect(await bus.ready(LETTERS)).toBe(0);
  });

  it('a throw gives the whole batch back, and in the end only the one that causes it dies', async () => {
    const done: string[] = [];
    await run(bus, (batch) => {
      if (batch.some(({ messageId }) => messageId === 'poison')) throw new Error('cannot be handled');
      done.push(...batch.map(({ messageId }) => messageId));
      return allDone(batch);
    }, 'a', 'poison', 'b');
    const { letter } = await theLetter(bus);
    await until(() => done.length === 2, { within });
    expect([letter.messageId, ...done]).toEqual(['poison', 'a', 'b']);
  });

  it('an answer that does not match the batch settles nothing', async () => {
    let calls = 0;
    const seen = await run(bus, (batch) => (++calls === 1 ? [] : allDone(batch)), 'm');
    await until(() => seen.length === 2, { within });
    expect(seen).toEqual(['m/0', 'm/1']);
  });
}

function dyingConforms(bus: BusUnderTest): void {
  it('what is given back past the delivery limit becomes a dead letter', async () => {
    const seen = await run(bus, (batch) => batch.map(() => ({ kind: 'again', reason: 'not yet' })), 'm');
    const { letter, stamp } = await theLetter(bus);
    expect(seen).toEqual(['m/0', 'm/1', 'm/2']);
    expect(letter.messageId).toBe('m');
    expect(stamp).toMatchObject({ queue: WORK, code: 'delivery-limit', exchange: EXCHANGES.events, routingKey: 'work' });
    expect(bus.open(letter)).toEqual({ messageId: 'm' });
  });

  it('what its handler calls dead becomes a dead letter with bytes, headers, reason and place', async () => {
    await run(bus, (batch) => batch.map(({ messageId }) => (messageId === 'bad' ? { kind: 'dead', reason: 'breaks the contract', code: 'contract-broken' } : 'done')), 'a', 'bad', 'b');
    const { letter, stamp } = await theLetter(bus);
    expect(letter).toMatchObject({ messageId: 'bad', headers: { 'x-project-no': 'bad' } });
    expect(bus.open(letter)).toEqual({ messageId: 'bad' });
    expect(stamp).toMatchObject({ queue: WORK, app: 'gateway', reason: 'breaks the contract', code: 'contract-broken', deliveryCount: 0, exchange: EXCHANGES.events, routingKey: 'work' });
  });

  it('a body that cannot be opened dies alone, byte for byte as it came', async () => {
    await bus.publish(workMessage('before'));
    await bus.intrude('stranger', Buffer.from('not sealed'));
    const seen = await run(bus, allDone, 'after');
    const { letter, stamp } = await theLetter(bus);
    await until(() => seen.length === 2, { within });
    expect(seen).toEqual(['before/0', 'after/0']);
    expect({ id: letter.messageId, bytes: letter.content.toString(), code: stamp.code }).toEqual({ id: 'stranger', bytes: 'not sealed', code: 'unreadable' });
  });
}

function closingConforms(bus: BusUnderTest): void {
  it('closing finishes what is in hand and leaves the rest in the queue', async () => {
    await bus.publishAll(ids(6).map((id) => workMessage(id)));
    const { started, release, finished, handle } = heldHandler();
    const serving = await bus.serve(handle, { batchSize: 2 });
    await started.promise;
    const closed = serving.close();
    // By the time the bus has answered twice, a close that waits for nobody would have given everything back.
    await bus.ready(WORK);
    expect(await bus.ready(WORK)).toBeLessThan(5);
    release.resolve();
    await closed;
    expect(finished).toEqual(['m0', 'm1']);
    await until(async () => (await bus.ready(WORK)) === 4, { within });
  });

  it('closing does not wait for ever: what is not finished comes again', async () => {
    await bus.publishAll(ids(3).map((id) => workMessage(id)));
    const { started, release, handle } = heldHandler();
    const serving = await bus.serve(handle, { mode: 'each', concurrency: 2 }, 200);
    await started.promise;
    await serving.close();
    await until(async () => (await bus.ready(WORK)) === 3, { within });
    release.resolve();
    const seen: string[] = [];
    await bus.serve((batch) => { seen.push(...batch.map(({ messageId }) => messageId)); return allDone(batch); });
    await until(() => seen.length === 3, { within });
    expect(seen.toSorted()).toEqual(ids(3));
  });
}

function pacingConforms(bus: BusUnderTest): void {
  it('a paused queue finishes what is in hand, takes no more, and goes on when resumed', async () => {
    await bus.publishAll(ids(4).map((id) => workMessage(id)));
    const { started, release, finished, handle } = heldHandler();
    const serving = await bus.serve(handle, { batchSize: 1 });
    await started.promise;
    await serving.pause();
    await serving.pause();
    release.resolve();
    await until(() => finished.length === 1, { within });
    await until(async () => (await bus.ready(WORK)) === 3, { within });
    await serving.resume();
    await until(() => finished.length === 4, { within });
    expect(finished).toEqual(ids(4));
  });

  it('handled each by itself, a slow message holds one place only', async () => {
    await bus.publishAll(ids(5).map((id) => workMessage(id)));
    const slow = Promise.withResolvers<void>();
    const done: string[] = [];
    await bus.serve(async (batch) => {
      if (batch[0]?.messageId === 'm0') await slow.promise;
      done.push(...batch.map(({ messageId }) => messageId));
      return allDone(batch);
    }, { mode: 'each', concurrency: 2 });
    await until(() => done.length === 4, { within });
    slow.resolve();
    await until(() => done.length === 5, { within });
    expect(done.at(-1)).toBe('m0');
  });
}

/** Publishes these and serves them; what it gives back fills with what was handed over, and how often before. */
async function run(bus: BusUnderTest, handle: BatchHandle, ...names: string[]): Promise<string[]> {
  const seen: string[] = [];
  await bus.publishAll(names.map((id) => workMessage(id)));
  await bus.serve((batch) => {
    seen.push(...batch.map(({ messageId, deliveryCount }) => `${messageId}/${deliveryCount}`));
    return handle(batch);
  });
  return seen;
}

function heldHandler() {
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const finished: string[] = [];
  const handle = async (batch: IncomingMessage[]): Promise<BatchResult> => {
    started.resolve();
    await release.promise;
    finished.push(...batch.map(({ messageId }) => messageId));
    return allDone(batch);
  };
  return { started, release, finished, handle };
}

/** The one dead letter there is. */
async function theLetter(bus: BusUnderTest): Promise<{ letter: FoundLetter; stamp: DeadLetterStamp }> {
  const letter = await until(() => bus.takeLetter(), { within, what: 'a dead letter' });
  expect(await bus.ready(LETTERS)).toBe(0);
  const { messageId, content: body, headers } = letter;
  return { letter, stamp: readDeadLetter({ queue: LETTERS, messageId, type: '', body, headers, deliveryCount: 0, failures: 0 }) };
}
