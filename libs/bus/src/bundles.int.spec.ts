import { afterEach, describe, expect, it } from '@jest/globals';
import { until, withVhost } from '../../../test/support/index.ts';
import { DEAD, INTAKE, intakeMessage, Rig, testTopology } from './bus-rig.fixture.ts';
import { partsOf } from './bundle.ts';
import { readDeadLetter } from './dead-letter.ts';
import { readDelivery } from './delivery.ts';
import type { BatchResult, IncomingMessage } from './message.ts';
import type { BusPublisher } from './publisher.ts';
import { openBody } from './sealed-body.ts';

const within = 20_000;
const topology = testTopology({ bundled: true });
const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `m${n}`);
const allDone = (batch: readonly IncomingMessage[]): BatchResult => batch.map(() => 'done');

describe('messages that travel together', () => {
  const vhost = withVhost();
  const rig = new Rig(() => vhost.url);
  afterEach(async () => {
    await rig.closeAll();
    for (const queue of [INTAKE, DEAD]) await rig.asks((channel) => channel.purgeQueue(queue));
  });

  async function published(count: number): Promise<BusPublisher> {
    const publisher = await rig.publisher({ topology });
    const results = await publisher.publishAll(names(count).map((id) => intakeMessage(id)));
    expect(results.filter(({ status }) => status !== 'fulfilled')).toEqual([]);
    return publisher;
  }

  async function served(publisher: BusPublisher, handle: (batch: IncomingMessage[]) => BatchResult, batchSize = 100): Promise<string[]> {
    const seen: string[] = [];
    await rig.serve((batch) => {
      seen.push(...batch.map(({ messageId, deliveryCount }) => `${messageId}/${deliveryCount}`));
      return handle(batch);
    }, publisher, { batchSize }, { topology });
    return seen;
  }

  it('are fewer in the queue, and are handed over one by one: once, in order, with body and headers', async () => {
    const publisher = await published(200);
    expect(await rig.ready(INTAKE)).toBeLessThan(10);
    const messages: IncomingMessage[] = [];
    const seen = await served(publisher, (batch) => { messages.push(...batch); return allDone(batch); }, 30);
    await until(() => seen.length === 200, { within });
    expect(seen).toEqual(names(200).map((id) => `${id}/0`));
    expect(messages[150]).toMatchObject({ queue: INTAKE, type: 'case.received', body: { messageId: 'm150' }, headers: { 'x-project-no': 'm150' } });
    await rig.closeAll();
    expect(await rig.ready(INTAKE)).toBe(0);
  });

  it('gather for a while where nobody waits for them, and are sent off at once when the publisher closes', async () => {
    const gathering = testTopology({ bundled: true, gatherMs: 60_000 });
    const publisher = await rig.publisher({ topology: gathering });
    const published = Promise.allSettled(names(3).map((id) => publisher.publish(intakeMessage(id))));
    await publisher.close();
    expect((await published).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(await rig.ready(INTAKE)).toBe(1);
  });

  it('die alone: the letter is the part, not the bundle, and the others are done', async () => {
    const publisher = await published(10);
    const seen = await served(publisher, (batch) => batch.map(({ messageId }) => (messageId === 'm4' ? { kind: 'dead', reason: 'bad', code: 'contract-broken' } : 'done')));
    const letter = await until(() => rig.take(DEAD), { within });
    expect(letter.properties).toMatchObject({ messageId: 'm4', headers: { 'x-project-no': 'm4', 'x-dead-code': 'contract-broken', 'x-dead-queue': INTAKE } });
    expect(openBody(rig.sealer, letter.content, '1')).toEqual({ messageId: 'm4' });
    await until(() => seen.length === 10, { within });
    await rig.closeAll();
    expect(await rig.ready(INTAKE)).toBe(0);
  });

  it('come again all together when one of them goes back, and are gone when all are done', async () => {
    const publisher = await published(5);
    const seen = await served(publisher, (batch) => batch.map(({ messageId, deliveryCount }) => (messageId === 'm2' && deliveryCount === 0 ? { kind: 'again', reason: 'later' } : 'done')), 2);
    await until(() => seen.length === 10, { within });
    expect(seen).toEqual([...names(5).map((id) => `${id}/0`), ...names(5).map((id) => `${id}/1`)]);
    await rig.closeAll();
    expect(await rig.ready(INTAKE)).toBe(0);
  });

  it('are acknowledged only when the last of them is done', async () => {
    const publisher = await published(6);
    let handled = 0;
    const held = Promise.withResolvers<void>();
    const { close } = await rig.serve(async (batch) => {
      handled += batch.length;
      if (handled > 2) await held.promise;
      return allDone(batch);
    }, publisher, { batchSize: 2 }, { topology, closeTimeoutMs: 200 });
    await until(() => handled === 4, { within });
    await close();
    await until(async () => (await rig.ready(INTAKE)) === 1, { within, what: 'the bundle back in its queue' });
    held.resolve();
    const seen = await served(await rig.publisher({ topology }), allDone);
    await until(() => seen.length === 6, { within });
  });

  it('are taken apart again where the broker buried them', async () => {
    const publisher = await published(3);
    const seen = await served(publisher, (batch) => batch.map(() => ({ kind: 'again', reason: 'never' })));
    const letter = await until(() => rig.take(DEAD), { within });
    const parts = partsOf({ ...letter, fields: { ...letter.fields, consumerTag: '' } }).map((part) => readDelivery(part));
    expect(parts).toMatchObject(names(3).map((messageId) => ({ raw: { properties: { messageId } } })));
    const [first] = parts;
    const stamp = readDeadLetter({ queue: DEAD, messageId: 'm0', type: '', body: null, headers: first?.headers ?? {}, deliveryCount: 0, failures: 0 });
    expect(stamp).toMatchObject({ queue: INTAKE, code: 'delivery-limit', routingKey: 'intake' });
    expect(seen.filter((id) => id.startsWith('m0/'))).toEqual(['m0/0', 'm0/1', 'm0/2']);
  });
});
