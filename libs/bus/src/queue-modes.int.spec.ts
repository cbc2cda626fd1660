import { afterEach, describe, expect, it } from '@jest/globals';
import { until, withVhost } from '../../../test/support/index.ts';
import { DEAD, INTAKE, intakeMessage, Rig, testTopology } from './bus-rig.fixture.ts';
import type { BatchResult, IncomingMessage } from './message.ts';
import { StallingProxy } from './stalling-proxy.fixture.ts';

const within = 30_000;
const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `m${n}`);

describe('how a queue is consumed', () => {
  const vhost = withVhost();
  const rig = new Rig(() => vhost.url);
  const proxies: StallingProxy[] = [];
  const openProxy = async (): Promise<StallingProxy> => {
    const proxy = await StallingProxy.before(vhost.url);
    proxies.push(proxy);
    return proxy;
  };
  afterEach(async () => {
    await rig.closeAll();
    for (const proxy of proxies.splice(0)) await proxy.close();
    await rig.empty(INTAKE, DEAD);
  });

  /** A handler whose every answer the test gives by hand. */
  function byHand() {
    const seen: string[] = [];
    const sizes: number[] = [];
    const answers = new Map<string, (result: BatchResult) => void>();
    const handle = (batch: IncomingMessage[]): Promise<BatchResult> => {
      const [first] = batch;
      const name = `${first?.messageId}/${first?.deliveryCount}`;
      seen.push(name);
      sizes.push(batch.length);
      return new Promise((resolve) => { answers.set(name, resolve); });
    };
    const finish = (...names: string[]): void => names.forEach((name) => answers.get(name)?.(['done']));
    return { seen, sizes, handle, finish, finishAll: () => finish(...answers.keys()) };
  }

  describe('each by itself', () => {
    it('holds as many as told at once, and lets a slow one hold one place only', async () => {
      const publisher = await rig.publisher();
      const { seen, sizes, handle, finish, finishAll } = byHand();
      await rig.serve(handle, publisher, { mode: 'each', concurrency: 3 });
      await publisher.publishAll(ids(6).map((id) => intakeMessage(id)));
      await until(() => seen.length === 3, { within });
      // m0 is answered last: with one batch at a time nothing would come after it.
      finish('m1/0');
      await until(() => seen.includes('m3/0'), { within });
      finish('m2/0', 'm3/0');
      await until(() => seen.length === 6, { within });
      finishAll();
      expect(sizes).toEqual([1, 1, 1, 1, 1, 1]);
      expect(seen.toSorted()).toEqual(ids(6).map((id) => `${id}/0`));
    });

    it('settles each alone: what is acknowledged later does not take an earlier one along', async () => {
      const publisher = await rig.publisher();
      const { seen, handle, finish } = byHand();
      const { close } = await rig.serve(handle, publisher, { mode: 'each', concurrency: 2 }, { closeTimeoutMs: 300 });
      await publisher.publishAll(ids(3).map((id) => intakeMessage(id)));
      await until(() => seen.length === 2, { within });
      finish('m1/0');
      await until(() => seen.length === 3, { within });
      await close();
      await until(async () => (await rig.ready(INTAKE)) === 2, { within, what: 'the two unanswered ones back in the queue' });
      expect([await rig.take(INTAKE), await rig.take(INTAKE)].map((message) => String(message?.properties.messageId))).toEqual(['m0', 'm2']);
    });

    it('is handed no more than it can hold, so that nothing waits in the process', async () => {
      const publisher = await rig.publisher();
      const { seen, handle, finishAll } = byHand();
      await publisher.publishAll(ids(5).map((id) => intakeMessage(id)));
      await rig.serve(handle, publisher, { mode: 'each', concurrency: 2 });
      await until(() => seen.length === 2, { within });
      expect(await rig.ready(INTAKE)).toBe(3);
      await until(() => { finishAll(); return seen.length === 5; }, { within });
      finishAll();
    });

    it('makes a message dead by itself, and gives one back by itself', async () => {
      const publisher = await rig.publisher();
      const seen: string[] = [];
      await rig.serve((batch) => batch.map(({ messageId, deliveryCount }) => {
        seen.push(`${messageId}/${deliveryCount}`);
        if (messageId === 'dead') return { kind: 'dead', reason: 'no' };
        return messageId === 'again' && deliveryCount === 0 ? { kind: 'again', reason: 'once more' } : 'done';
      }), publisher, { mode: 'each', concurrency: 4 });
      await publisher.publishAll(['a', 'dead', 'again', 'b'].map((id) => intakeMessage(id)));
      await until(async () => (await rig.ready(DEAD)) === 1 && seen.includes('again/1'), { within });
      expect(seen.toSorted()).toEqual(['a/0', 'again/0', 'again/1', 'b/0', 'dead/0']);
    });
  });

  describe('pausing', () => {
    it('gives back at once what only waits, and takes nothing until resumed', async () => {
      const publisher = await rig.publisher();
      const { seen, handle, finish, finishAll } = byHand();
      const { server } = await rig.serve(handle, publisher, { mode: 'each', concurrency: 2, prefetch: 4 });
      await publisher.publishAll(ids(6).map((id) => intakeMessage(id)));
      await until(async () => seen.length === 2 && (await rig.ready(INTAKE)) === 2, { within });
      await server.pauseQueue(INTAKE);
      await until(async () => (await rig.ready(INTAKE)) === 4, { within, what: 'the waiting ones back in the queue' });
      finish('m0/0');
      await publisher.publish(intakeMessage('m6'));
      expect(await rig.ready(INTAKE)).toBe(5);
      expect(seen).toEqual(['m0/0', 'm1/0']);
      expect(server.ready).toBe(true);
      await server.resumeQueue(INTAKE);
      await until(() => { finishAll(); return seen.length === 7; }, { within });
      finishAll();
      expect(seen.toSorted()).toEqual(['m0/0', 'm1/0', 'm2/1', 'm3/1', 'm4/0', 'm5/0', 'm6/0']);
    });

    it('finishes and acknowledges what is in hand', async () => {
      const publisher = await rig.publisher();
      const { seen, handle, finish } = byHand();
      const { server, close } = await rig.serve(handle, publisher, { mode: 'each', concurrency: 2 });
      await publisher.publishAll(ids(3).map((id) => intakeMessage(id)));
      await until(() => seen.length === 2, { within });
      await server.pauseQueue(INTAKE);
      finish('m0/0', 'm1/0');
      await close();
      expect(await rig.ready(INTAKE)).toBe(1);
      expect((await rig.take(INTAKE))?.properties.messageId).toBe('m2');
    });

    it('may be said twice, resumed twice, and both at once: the last word counts', async () => {
      const publisher = await rig.publisher();
      const seen: string[] = [];
      const { server } = await rig.serve((batch) => { seen.push(...batch.map(({ messageId }) => messageId)); return batch.map(() => 'done'); }, publisher);
      await Promise.all([server.pauseQueue(INTAKE), server.pauseQueue(INTAKE), server.resumeQueue(INTAKE), server.pauseQueue(INTAKE)]);
      expect(await consumers()).toBe(0);
      await Promise.all([server.resumeQueue(INTAKE), server.resumeQueue(INTAKE), server.pauseQueue(INTAKE), server.resumeQueue(INTAKE)]);
      expect(await consumers()).toBe(1);
      await publisher.publish(intakeMessage('m'));
      await until(() => seen.length === 1, { within });
    });

    it('lasts over a reconnect', async () => {
      const proxy = await openProxy();
      const publisher = await rig.publisher();
      const seen: string[] = [];
      const { server } = await rig.serve((batch) => { seen.push(...batch.map(({ messageId }) => messageId)); return batch.map(() => 'done'); }, publisher, {},
        { connection: rig.connection('consuming', proxy.through(vhost.url)) });
      await server.pauseQueue(INTAKE);
      proxy.cut();
      await until(() => !server.ready, { within });
      await until(() => server.ready, { within });
      await publisher.publish(intakeMessage('m'));
      expect(await consumers()).toBe(0);
      await server.resumeQueue(INTAKE);
      await until(() => seen.length === 1, { within });
    });

    it('may be said and taken back while the broker is away', async () => {
      const proxy = await openProxy();
      const publisher = await rig.publisher();
      const { server } = await rig.serve((batch) => batch.map(() => 'done'), publisher, {}, { connection: rig.connection('consuming', proxy.through(vhost.url)) });
      proxy.cut();
      await until(() => !server.ready, { within });
      await server.pauseQueue(INTAKE);
      await until(() => server.ready, { within });
      expect(await consumers()).toBe(0);
      proxy.cut();
      await until(() => !server.ready, { within });
      await server.resumeQueue(INTAKE);
      await until(async () => (await consumers()) === 1, { within });
    });

    it('is refused for a queue this program does not consume', async () => {
      const { server } = await rig.serve((batch) => batch.map(() => 'done'), await rig.publisher());
      expect(() => server.pauseQueue('gateway.elsewhere')).toThrow('gateway consumes no queue named gateway.elsewhere');
    });

    it('does not keep the program from closing', async () => {
      const { server, close } = await rig.serve((batch) => batch.map(() => 'done'), await rig.publisher({ topology: testTopology() }));
      await server.pauseQueue(INTAKE);
      await close();
      expect(server.ready).toBe(false);
    });
  });

  /** Told by the broker at once; the management plugin's figures are seconds old. */
  const consumers = (): Promise<number> => rig.asks(async (channel) => (await channel.checkQueue(INTAKE)).consumerCount);
});
