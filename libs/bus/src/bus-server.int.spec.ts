import { afterEach, describe, expect, it } from '@jest/globals';
import { EXCHANGES } from '#contracts';
import { until, withVhost } from '../../../test/support/index.ts';
import { HandlerError } from './bus-errors.ts';
import { readDeadLetter } from './dead-letter.ts';
import { readDelivery } from './delivery.ts';
import { openBody } from './sealed-body.ts';
import type { BatchResult, IncomingMessage } from './message.ts';
import { consumerOf, DEAD, INTAKE, intakeMessage, Rig, testTopology } from './bus-rig.fixture.ts';

const within = 30_000;

describe('consuming in batches', () => {
  const vhost = withVhost();
  const rig = new Rig(() => vhost.url);
  afterEach(async () => {
    await rig.closeAll();
    await rig.empty(INTAKE, DEAD);
  });

  const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `m${n}`);
  const allDone = (batch: readonly IncomingMessage[]): BatchResult => batch.map(() => 'done');
  const empty = (queue: string) => until(async () => (await rig.ready(queue)) === 0, { within, what: `${queue} empty` });

  async function takeDead() {
    const raw = await until(() => rig.take(DEAD), { within, what: 'a dead letter' });
    const { headers } = readDelivery({ ...raw, fields: { ...raw.fields, consumerTag: '' } });
    return { raw, stamp: readDeadLetter({ queue: DEAD, messageId: String(raw.properties.messageId), type: '', body: raw.content, headers, deliveryCount: 0, failures: 0 }) };
  }

  it('hands every message over once, in order, one batch at a time', async () => {
    const publisher = await rig.publisher();
    await publisher.publishAll(ids(95).map((id) => intakeMessage(id)));
    const seen: string[] = [];
    const sizes: number[] = [];
    let inHand = 0;
    let most = 0;
    await rig.serve(async (batch) => {
      most = Math.max(most, ++inHand);
      sizes.push(batch.length);
      seen.push(...batch.map((message) => message.messageId));
      await new Promise((resolve) => { setImmediate(resolve); });
      inHand--;
      return allDone(batch);
    }, publisher, { batchSize: 20 });
    await until(() => seen.length >= 95, { within });
    expect(seen).toEqual(ids(95));
    expect(most).toBe(1);
    expect(Math.max(...sizes)).toBe(20);
  });

  it('hands over the body, the headers and how often the message came before', async () => {
    const publisher = await rig.publisher();
    const seen: IncomingMessage[] = [];
    await rig.serve((batch) => { seen.push(...batch); return allDone(batch); }, publisher);
    await publisher.publish(intakeMessage('m1', { name: '测试甲', list: [1, 2] }));
    await until(() => seen.length === 1, { within });
    const [{ sealed, ...message }] = seen as [IncomingMessage];
    expect(openBody(rig.sealer, sealed?.bytes ?? Buffer.alloc(0), String(sealed?.version))).toEqual(message.body);
    expect(message).toEqual({
      queue: INTAKE, messageId: 'm1', type: 'case.received', body: { name: '测试甲', list: [1, 2] }, deliveryCount: 0, failures: 0,
      headers: { 'x-project-no': 'm1', 'x-key-version': '1' },
    });
  });

  it('makes a body that cannot be opened a dead letter by itself; its neighbours are handled', async () => {
    const publisher = await rig.publisher();
    await publisher.publish(intakeMessage('before'));
    await rig.intrude('intake', Buffer.from('not sealed at all'), { 'x-key-version': '1', 'x-project-no': 'p1' });
    await publisher.publish(intakeMessage('after'));
    const seen: string[] = [];
    await rig.serve((batch) => { seen.push(...batch.map((message) => message.messageId)); return allDone(batch); }, publisher);
    const { raw, stamp } = await takeDead();
    await empty(INTAKE);
    expect(seen).toEqual(['before', 'after']);
    expect(raw.content.toString()).toBe('not sealed at all');
    expect(raw.properties.headers).toMatchObject({ 'x-project-no': 'p1' });
    expect(stamp).toMatchObject({ queue: INTAKE, app: 'gateway', handler: `@EventPattern('${INTAKE}')`, code: 'unreadable', deliveryCount: 0, exchange: EXCHANGES.events, routingKey: 'intake' });
    expect(await rig.ready(DEAD)).toBe(0);
  });

  it('makes a message dead with the handler\'s reason, and acknowledges it only then', async () => {
    const publisher = await rig.publisher();
    await rig.serve((batch) => batch.map(() => ({ kind: 'dead', reason: 'breaks the contract', code: 'contract-broken' })), publisher);
    await publisher.publish(intakeMessage('m1'));
    const { stamp } = await takeDead();
    expect(stamp).toMatchObject({ reason: 'breaks the contract', code: 'contract-broken' });
    await empty(INTAKE);
  });

  it('keeps a message whose dead letter cannot be published, until it can', async () => {
    const publisher = await rig.publisher();
    const broken = await rig.publisher();
    await broken.close();
    let tries = 0;
    const { close } = await rig.serve((batch) => { tries++; return batch.map(() => ({ kind: 'dead', reason: 'no' })); }, broken);
    await publisher.publish(intakeMessage('m1'));
    await until(() => tries === 2, { within });
    await close();
    await rig.serve((batch) => batch.map(() => ({ kind: 'dead', reason: 'no' })), publisher);
    expect((await takeDead()).raw.properties.messageId).toBe('m1');
  });

  it('hands a message that is given back out again up to the delivery limit, then the broker makes it a dead letter', async () => {
    const publisher = await rig.publisher();
    const counts: number[] = [];
    await rig.serve((batch) => { counts.push(...batch.map((message) => message.deliveryCount)); return batch.map(() => ({ kind: 'again', reason: 'not yet' })); }, publisher);
    await publisher.publish(intakeMessage('m1'));
    const { raw, stamp } = await takeDead();
    expect(counts).toEqual([0, 1, 2]);
    expect(raw.properties.messageId).toBe('m1');
    expect(stamp).toMatchObject({ queue: INTAKE, app: 'gateway', code: 'delivery-limit', exchange: EXCHANGES.events, routingKey: 'intake' });
  });

  it('tells a handler how often it gave the message back itself, whatever the broker counts', async () => {
    const publisher = await rig.publisher();
    const seen: string[] = [];
    await rig.serve((batch) => batch.map(({ deliveryCount, failures }) => {
      seen.push(`${deliveryCount}/${failures}`);
      return seen.length === 1 ? { kind: 'again', reason: 'once more' } : 'done';
    }), publisher);
    await publisher.publish(intakeMessage('m1'));
    await until(() => seen.length === 2, { within });
    expect(seen).toEqual(['0/0', '1/1']);
  });

  it('settles each message of a batch by itself', async () => {
    const publisher = await rig.publisher();
    await publisher.publishAll(['a', 'b', 'c'].map((id) => intakeMessage(id)));
    const seen: string[] = [];
    await rig.serve((batch) => batch.map(({ messageId, deliveryCount }) => {
      seen.push(`${messageId}${deliveryCount}`);
      return messageId === 'b' && deliveryCount === 0 ? { kind: 'again', reason: 'once more' } : 'done';
    }), publisher);
    await until(() => seen.length === 4, { within });
    await empty(INTAKE);
    expect(seen).toEqual(['a0', 'b0', 'c0', 'b1']);
  });

  it('gives the whole batch back when the handler throws, and in the end hands each over alone so that only the poison dies', async () => {
    const publisher = await rig.publisher();
    await publisher.publishAll(['a', 'poison', 'c'].map((id) => intakeMessage(id)));
    const done: string[] = [];
    await rig.serve((batch) => {
      const batchIds = batch.map((message) => message.messageId);
      if (batchIds.includes('poison')) throw new Error('cannot be handled');
      done.push(...batchIds);
      return allDone(batch);
    }, publisher);
    const { raw } = await takeDead();
    expect(raw.properties.messageId).toBe('poison');
    await until(() => done.length === 2, { within });
    expect(done).toEqual(['a', 'c']);
    expect(await rig.ready(DEAD)).toBe(0);
  });

  it('keeps the batch in hand while the handler says "not now", and counts no delivery for it', async () => {
    const publisher = await rig.publisher();
    const counts: number[] = [];
    await rig.serve((batch) => {
      counts.push(batch[0]?.deliveryCount ?? -1);
      return counts.length < 5 ? { kind: 'not-now', reason: 'database away' } : allDone(batch);
    }, publisher);
    await publisher.publish(intakeMessage('m1'));
    await until(() => counts.length === 5, { within });
    await empty(INTAKE);
    expect(counts).toEqual([0, 0, 0, 0, 0]);
    expect(await rig.ready(DEAD)).toBe(0);
  });

  it('treats an answer of the wrong length as a throw: nothing is acknowledged on a guess', async () => {
    const publisher = await rig.publisher();
    let calls = 0;
    await rig.serve((batch) => (++calls === 1 ? [] : allDone(batch)), publisher);
    await publisher.publish(intakeMessage('m1'));
    await until(() => calls === 2, { within });
    await empty(INTAKE);
  });

  it('consumes again after the broker killed its connection', async () => {
    const publisher = await rig.publisher();
    const seen: string[] = [];
    const { server } = await rig.serve((batch) => { seen.push(...batch.map((message) => message.messageId)); return allDone(batch); }, publisher);
    await publisher.publish(intakeMessage('before'));
    await until(() => seen.length === 1, { within });
    await killConnections('consuming');
    await until(() => !server.ready, { within });
    await publisher.publish(intakeMessage('after'));
    await until(() => seen.includes('after'), { within });
    expect(seen).toEqual(['before', 'after']);
    expect(server.ready).toBe(true);
  });

  it('consumes again after somebody deleted its queue', async () => {
    const publisher = await rig.publisher();
    const seen: string[] = [];
    const { server } = await rig.serve((batch) => { seen.push(...batch.map((message) => message.messageId)); return allDone(batch); }, publisher);
    await vhost.api('DELETE', `queues/${vhost.name}/${INTAKE}`);
    await until(() => !server.ready, { within });
    await until(() => server.ready, { within });
    await publisher.publish(intakeMessage('after'));
    await until(() => seen.includes('after'), { within });
  });

  it('does not settle on a new connection what came over the old one: it comes again', async () => {
    const publisher = await rig.publisher();
    const seen: string[] = [];
    const held = Promise.withResolvers<void>();
    const { server } = await rig.serve(async (batch) => {
      seen.push(...batch.map(({ messageId, deliveryCount }) => `${messageId}${deliveryCount}`));
      if (seen.length === 1) await held.promise;
      return allDone(batch);
    }, publisher);
    await publisher.publish(intakeMessage('m'));
    await until(() => seen.length === 1, { within });
    await killConnections('consuming');
    await until(() => !server.ready, { within });
    await until(() => server.ready, { within });
    held.resolve();
    await until(() => seen.length === 2, { within });
    await empty(INTAKE);
    expect(seen).toEqual(['m0', 'm1']);
    expect(server.ready).toBe(true);
  });

  it('finishes the batch in hand before it closes, and gives the rest back', async () => {
    const publisher = await rig.publisher();
    await publisher.publishAll(ids(10).map((id) => intakeMessage(id)));
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const finished: string[] = [];
    const { close } = await rig.serve(async (batch) => {
      started.resolve();
      await release.promise;
      finished.push(...batch.map((message) => message.messageId));
      return allDone(batch);
    }, publisher, { batchSize: 4, prefetch: 10 });
    await started.promise;
    const closed = close();
    // A connection of its own to the broker and back: by then a close that waits for nobody would have given everything back.
    expect(await rig.ready(INTAKE)).toBe(0);
    release.resolve();
    await closed;
    expect(finished).toEqual(ids(4));
    await until(async () => (await rig.ready(INTAKE)) === 6, { within });
  });

  it('closes in time although a handler never returns; its message is not lost', async () => {
    const publisher = await rig.publisher();
    const started = Promise.withResolvers<void>();
    const { close } = await rig.serve(async (batch) => {
      started.resolve();
      await new Promise(() => undefined);
      return allDone(batch);
    }, publisher, {}, { closeTimeoutMs: 200 });
    await publisher.publish(intakeMessage('m1'));
    await started.promise;
    await close();
    await until(async () => (await rig.ready(INTAKE)) === 1, { within });
  });

  it('refuses to start without a handler for a queue of its own, and names the line to add', async () => {
    const { app } = await rig.program([], await rig.publisher());
    await expect(app.listen()).rejects.toThrow(new HandlerError(`no handler for ${INTAKE}; add @EventPattern('${INTAKE}') to a method of a controller of gateway`));
  });

  it('refuses to start with two handlers for a queue', async () => {
    const { app } = await rig.program([consumerOf(INTAKE, allDone), consumerOf(INTAKE, allDone)], await rig.publisher());
    await expect(app.listen()).rejects.toThrow(`2 handlers for ${INTAKE}; remove @EventPattern('${INTAKE}') from all but one method of gateway`);
  });

  it('hands a dead-letter queue over raw, and gives back what its handler wants dead: nothing is dropped', async () => {
    const publisher = await rig.publisher();
    const topology = testTopology();
    const ownDead = { ...topology, queues: topology.queues.map((queue) => ({ ...queue, consumer: queue.name === DEAD ? 'gateway' as const : 'centre-adapter' as const })) };
    const seen: IncomingMessage[] = [];
    const { app } = await rig.program([consumerOf(DEAD, (batch) => {
      seen.push(...batch);
      return batch.map(() => (seen.length < 5 ? { kind: 'dead', reason: 'no' } : 'done'));
    })], publisher, { topology: ownDead });
    await app.listen();
    await publisher.publishRaw({ exchange: EXCHANGES.deadLetters, routingKey: 'gateway', content: Buffer.from('raw bytes'), properties: { messageId: 'd1' } });
    await until(() => seen.length === 5, { within });
    expect(seen[0]?.body).toEqual(Buffer.from('raw bytes'));
    await empty(DEAD);
  });

  /** Kills by name, once the management plugin has noticed that the connection is there. */
  async function killConnections(name: string): Promise<void> {
    const own = await until(async () => {
      const all = await vhost.api<{ name: string; client_properties: { connection_name?: string } }[]>('GET', `vhosts/${vhost.name}/connections`);
      const found = all.filter((connection) => connection.client_properties.connection_name === name);
      return found.length > 0 ? found : null;
    }, { within, every: 200, what: 'the connection in the management plugin' });
    for (const connection of own) await vhost.api('DELETE', `connections/${encodeURIComponent(connection.name)}`);
  }
});
