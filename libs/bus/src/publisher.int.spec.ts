import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChannelModel } from 'amqplib';
import { EXCHANGES } from '#contracts';
import { until, withVhost } from '../../../test/support/index.ts';
import type { BusUnavailableError } from './bus-errors.ts';
import { BusRejectedError, UnroutableError } from './bus-errors.ts';
import { BusConnection } from './connection.ts';
import { StallingProxy } from './stalling-proxy.fixture.ts';
import type { BusPublisher, BusPublisherOptions } from './publisher.ts';
import { INTAKE, intakeMessage, Rig, testTopology } from './bus-rig.fixture.ts';

describe('publishing with confirms', () => {
  const vhost = withVhost();
  const rig = new Rig(() => vhost.url);
  let proxy: StallingProxy;
  beforeAll(async () => { proxy = await StallingProxy.before(vhost.url); });
  afterEach(async () => {
    await rig.closeAll();
    await rig.empty(INTAKE);
  });
  afterAll(() => proxy.close());

  const throughProxy = () => rig.connection('publishing', proxy.through(vhost.url));
  /** A publisher whose way to the queue is open: it has been used. */
  const inUse = async (options: Partial<BusPublisherOptions>): Promise<BusPublisher> => {
    const publisher = await rig.publisher(options);
    await publisher.publish(intakeMessage('first'));
    return publisher;
  };

  it('resolves only when the message lies in a durable quorum queue, marked persistent', async () => {
    const publisher = await rig.publisher();
    await publisher.publish(intakeMessage('m1'));
    const message = await rig.take(INTAKE);
    const queue = await vhost.api<{ durable: boolean; type: string }>('GET', `queues/${vhost.name}/${INTAKE}`);
    expect(message).toMatchObject({ properties: { deliveryMode: 2, messageId: 'm1', type: 'case.received' } });
    expect(queue).toMatchObject({ durable: true, type: 'quorum' });
  });

  it('does not resolve while the confirm has not come', async () => {
    const publisher = await inUse({ connection: throughProxy(), timeoutMs: 300 });
    proxy.stall();
    await expect(publisher.publish(intakeMessage('m1'))).rejects.toMatchObject({ name: 'BusUnavailableError', code: 'timeout', uncertain: true });
    proxy.cut();
  });

  it('leaves nothing readable on the broker', async () => {
    const publisher = await rig.publisher();
    await publisher.publish(intakeMessage('m1', { applicant: '测试甲' }));
    const message = await rig.take(INTAKE);
    if (!message) throw new Error('no message');
    expect(message.content.toString('utf8')).not.toContain('测试甲');
    expect(message.properties.headers).toMatchObject({ 'x-project-no': 'm1', 'x-key-version': '1' });
  });

  it('rejects a message that no queue takes, and no other that is in flight beside it', async () => {
    const publisher = await rig.publisher();
    const lost = { ...intakeMessage('same-id'), routingKey: 'nowhere' };
    const results = await publisher.publishAll([intakeMessage('same-id'), lost, intakeMessage('same-id')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toBeInstanceOf(UnroutableError);
    await until(async () => (await rig.ready(INTAKE)) === 2, { within: 20_000 });
  });

  it('keeps the order of what is published together', async () => {
    const publisher = await rig.publisher({ maxInFlight: 7 });
    const ids = Array.from({ length: 50 }, (_, index) => `m${index}`);
    await publisher.publishAll(ids.map((id) => intakeMessage(id)));
    const seen: unknown[] = [];
    for (let message = await rig.take(INTAKE); message; message = await rig.take(INTAKE)) seen.push(message.properties.messageId);
    expect(seen).toEqual(ids);
  });

  it('rejects everything in flight when the connection is lost, and publishes again after it is back', async () => {
    const publisher = await inUse({ connection: throughProxy(), maxInFlight: 2 });
    proxy.stall();
    const settled = publisher.publishAll([1, 2, 3].map((n) => intakeMessage(`m${n}`)));
    await until(() => publisher.inFlight === 2, { within: 20_000 });
    proxy.cut();
    const reasons = (await settled).map((result) => (result as PromiseRejectedResult).reason as BusUnavailableError);
    expect(reasons.map(({ code, uncertain }) => ({ code, uncertain }))).toEqual([
      { code: 'connection-lost', uncertain: true }, { code: 'connection-lost', uncertain: true }, { code: 'connection-lost', uncertain: false },
    ]);
    await expect(publisher.publish(intakeMessage('m4'))).rejects.toMatchObject({ code: 'not-connected', uncertain: false });
    await until(() => publisher.ready, { within: 20_000 });
    await publisher.publish(intakeMessage('m5'));
    expect(publisher.inFlight).toBe(0);
  });

  it('refuses more than may wait, instead of holding it in memory', async () => {
    const publisher = await inUse({ connection: throughProxy(), maxInFlight: 1, maxWaiting: 1, timeoutMs: 500 });
    proxy.stall();
    const results = await publisher.publishAll([1, 2, 3].map((n) => intakeMessage(`m${n}`)));
    expect(results.map((result) => ((result as PromiseRejectedResult).reason as BusUnavailableError).code)).toEqual(['timeout', 'timeout', 'overloaded']);
    expect(publisher.inFlight).toBe(1);
    proxy.cut();
  });

  it('says at once that the broker refused, when the queue is full', async () => {
    await vhost.api('DELETE', `queues/${vhost.name}/${INTAKE}`);
    const publisher = await rig.publisher({ topology: testTopology({ maxLength: 3 }) });
    let refusal: unknown;
    for (let n = 0; n < 50 && !refusal; n++) await publisher.publish(intakeMessage(`m${n}`)).catch((error: unknown) => { refusal = error; });
    expect(refusal).toBeInstanceOf(BusRejectedError);
    await vhost.api('DELETE', `queues/${vhost.name}/${INTAKE}`);
    await rig.publisher();
  });

  it('refuses at once while the broker takes nothing for want of memory or disk, and goes on when it does again', async () => {
    const connection = rig.connection('publishing');
    let model: ChannelModel | undefined;
    connection.onConnect(async (fresh) => { model = fresh; });
    const publisher = await rig.publisher({ connection });
    // What the client says when the broker's alarm goes off; an alarm of the real broker would stop every other suite.
    model?.emit('blocked', 'low on memory');
    await expect(publisher.publish(intakeMessage('m1'))).rejects.toMatchObject({ code: 'blocked', uncertain: false });
    expect(publisher.ready).toBe(false);
    model?.emit('unblocked');
    await publisher.publish(intakeMessage('m2'));
  });

  it('refuses at once those in line too, when the broker takes nothing any more', async () => {
    const connection = throughProxy();
    let model: ChannelModel | undefined;
    connection.onConnect(async (fresh) => { model = fresh; });
    const publisher = await inUse({ connection, maxInFlight: 1, timeoutMs: 60_000 });
    proxy.stall();
    const settled = publisher.publishAll([1, 2, 3].map((n) => intakeMessage(`m${n}`)));
    await until(() => publisher.inFlight === 1, { within: 20_000 });
    model?.emit('blocked', 'low on disk');
    proxy.cut();
    const codes = (await settled).map((result) => ((result as PromiseRejectedResult).reason as BusUnavailableError).code);
    expect(codes).toEqual(['connection-lost', 'blocked', 'blocked']);
  });

  it('holds no more than it may, however much is published at once to a broker that is stuck', async () => {
    const publisher = await inUse({ connection: throughProxy(), maxInFlight: 200, maxWaiting: 300, timeoutMs: 1_000 });
    proxy.stall();
    const bytes = 'x'.repeat(10_000);
    const codes = new Map<string, number>();
    const results = await publisher.publishAll(Array.from({ length: 3_000 }, (_, n) => intakeMessage(`m${n}`, { bytes })));
    for (const result of results) {
      const { code } = (result as PromiseRejectedResult).reason as BusUnavailableError;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect(codes.get('overloaded')).toBeGreaterThanOrEqual(2_500);
    expect(publisher.inFlight).toBeLessThanOrEqual(200);
    proxy.cut();
  });

  it('closes in time although the broker is stuck, and leaves nobody without an answer', async () => {
    const connection = throughProxy();
    const over = Promise.withResolvers<void>();
    connection.onConnect(async (model) => { model.on('close', () => over.resolve()); });
    const publisher = await inUse({ connection, timeoutMs: 60_000 });
    proxy.stall();
    const settled = publisher.publishAll([1, 2].map((n) => intakeMessage(`m${n}`)));
    await until(() => publisher.inFlight === 2, { within: 20_000 });
    const startedAt = performance.now();
    await publisher.close();
    // Else its heart would go on beating, and keep the process alive.
    await over.promise;
    const reasons = (await settled).map((result) => (result as PromiseRejectedResult).reason as BusUnavailableError);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(reasons.map(({ uncertain }) => uncertain)).toEqual([true, true]);
    proxy.cut();
  });

  it('leaves nobody without an answer either who waits for its first way to a queue', async () => {
    const publisher = await rig.publisher({ connection: throughProxy(), timeoutMs: 60_000 });
    proxy.stall();
    const settled = publisher.publishAll([1, 2].map((n) => intakeMessage(`m${n}`)));
    await publisher.close();
    const reasons = (await settled).map((result) => (result as PromiseRejectedResult).reason as BusUnavailableError);
    expect(reasons.map(({ uncertain }) => uncertain)).toEqual([false, false]);
    proxy.cut();
  });

  it('makes the exchange and the queues again when somebody deleted them', async () => {
    const publisher = await rig.publisher();
    await vhost.api('DELETE', `exchanges/${vhost.name}/${EXCHANGES.events}`);
    await expect(publisher.publish(intakeMessage('m1'))).rejects.toMatchObject({ code: 'connection-lost' });
    await until(() => publisher.ready, { within: 20_000 });
    await publisher.publish(intakeMessage('m2'));
  });

  it('waits at closing until everything in flight is confirmed', async () => {
    const publisher = await rig.publisher();
    const settled = publisher.publishAll(Array.from({ length: 200 }, (_, n) => intakeMessage(`m${n}`)));
    await publisher.close();
    expect((await settled).every(({ status }) => status === 'fulfilled')).toBe(true);
    await expect(publisher.publish(intakeMessage('late'))).rejects.toMatchObject({ code: 'closed' });
  });

  it('gives up at once when the password is wrong, however patient it is with a broker that is away', async () => {
    const url = new URL(vhost.url);
    url.password = 'wrong';
    const patient = new BusConnection({ urls: [url.href], name: 'publishing', logger: rig.logger, startPatienceMs: 30_000 });
    const startedAt = performance.now();
    await expect(rig.publisher({ connection: patient })).rejects.toThrow(/ACCESS.REFUSED/);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  it('names the server that does not answer, never its password', async () => {
    const failure = rig.publisher({ connection: rig.connection('publishing', 'amqp://someone:hidden@127.0.0.1:1/x') });
    await expect(failure).rejects.toThrow(/RabbitMQ at 127\.0\.0\.1:1\/x: connect ECONNREFUSED/);
    await expect(failure).rejects.not.toThrow(/hidden/);
  });
});
