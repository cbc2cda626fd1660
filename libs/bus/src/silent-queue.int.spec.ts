import { afterEach, describe, expect, it } from '@jest/globals';
import { EXCHANGES, type Topology } from '#contracts';
import { metricsRegistry } from '#runtime';
import { until, withQueueSilencer, withVhost } from '../../../test/support/index.ts';
import { consumerOf, INTAKE, intakeMessage, Rig, testTopology } from './bus-rig.fixture.ts';
import { BusConnection } from './connection.ts';
import type { OutgoingMessage } from './message.ts';

const within = 60_000;
const SEVERAL = [1, 2, 3, 4].map((n) => `gateway.silent-${n}`);
const [SILENT = ''] = SEVERAL;

const topology: Topology = {
  ...testTopology(),
  // The first to be consumed: everything that comes after them would wait.
  queues: [...SEVERAL.map((name) => ({ ...testTopology().queues[1], name, routingKeys: [name] }) as Topology['queues'][number]), ...testTopology().queues],
};

function silentMessage(messageId: string): OutgoingMessage {
  return { ...intakeMessage(messageId), exchange: EXCHANGES.events, routingKey: SILENT };
}

/** A program must consume all its queues. */
function consumersOf(see: (messageId: string) => void): (new () => object)[] {
  return [...SEVERAL, INTAKE].map((queue) => consumerOf(queue, (batch) => batch.map(({ messageId }) => { see(messageId); return 'done'; })));
}

/** What the metric says of publishing to the queue. */
async function toldSilent(): Promise<number | undefined> {
  const { values } = await metricsRegistry.getSingleMetric('jiujin_bus_queue_silent')?.get() ?? { values: [] };
  return values.find(({ labels }) => labels['queue'] === SILENT && labels['side'] === 'publishing')?.value;
}

describe('one queue that does not answer', () => {
  const silencer = withQueueSilencer();
  const vhost = withVhost();
  const rig = new Rig(() => vhost.url);
  afterEach(async () => {
    await rig.closeAll();
    for (const queue of SEVERAL) await silencer.wake(vhost.name, queue);
    await rig.empty(...SEVERAL, INTAKE);
  });

  const codeOf = (publishing: Promise<void>): Promise<string> => publishing.then(() => 'confirmed', ({ code }: { code: string }) => code);

  it('takes nothing, and holds up no message that goes to another queue', async () => {
    const publisher = await rig.publisher({ topology, timeoutMs: 2_000 });
    await silencer.silence(vhost.name, SILENT);
    const stuck = Array.from({ length: 600 }, (_, n) => codeOf(publisher.publishAlone(publisher.seal(silentMessage(`stuck-${n}`)))));
    await publisher.publish(intakeMessage('m1'));
    expect(publisher.silentQueues).toEqual([]);
    expect(new Set(await Promise.all(stuck))).toEqual(new Set(['timeout']));
    expect(publisher.silentQueues).toEqual([SILENT]);
    await publisher.publish(intakeMessage('m2'));
    expect(publisher.ready).toBe(true);
  });

  it('is refused at once when it is known to be silent, and taken again when it answers', async () => {
    const connection = rig.connection('publishing');
    const publisher = await rig.publisher({ connection, topology, timeoutMs: 1_000 });
    await silencer.silence(vhost.name, SILENT);
    expect(await codeOf(publisher.publish(silentMessage('m1')))).toBe('timeout');
    expect(await codeOf(publisher.publish(silentMessage('m2')))).toBe('silent');
    expect(await toldSilent()).toBe(1);
    // Over another connection it is tried at once, and nobody is alarmed before that.
    connection.restart('test');
    await until(() => publisher.ready, { within });
    expect(await toldSilent()).toBe(0);
    expect(await codeOf(publisher.publish(silentMessage('m3')))).toBe('timeout');
    expect(await toldSilent()).toBe(1);
    await silencer.wake(vhost.name, SILENT);
    await until(() => publisher.silentQueues.length === 0, { within, what: 'the confirm of what was written when the queue was silent' });
    expect(await codeOf(publisher.publish(silentMessage('m4')))).toBe('confirmed');
    expect(await toldSilent()).toBe(0);
  });

  it('is left out, while the others are consumed, and consumed again as soon as it answers', async () => {
    const publisher = await rig.publisher({ topology });
    const seen: string[] = [];
    await publisher.publish(silentMessage('silent'));
    await silencer.silence(vhost.name, SILENT);
    const { server, app } = await rig.program(consumersOf((id) => seen.push(id)), publisher, { topology, wishTimeoutMs: 1_000 });
    await app.listen();
    expect([server.ready, server.silentQueues]).toEqual([true, [SILENT]]);
    await publisher.publish(intakeMessage('intake'));
    await until(() => seen.includes('intake'), { within });
    expect(seen).toEqual(['intake']);
    await silencer.wake(vhost.name, SILENT);
    await until(() => seen.includes('silent'), { within });
    expect(server.silentQueues).toEqual([]);
  });

  it('does not keep the others from being paused and resumed, nor the program from ending', async () => {
    const publisher = await rig.publisher({ topology });
    const seen: string[] = [];
    const { server, app } = await rig.program(consumersOf((id) => seen.push(id)), publisher, { topology, wishTimeoutMs: 1_000 });
    await app.listen();
    await silencer.silence(vhost.name, SILENT);
    await server.pauseQueue(SILENT);
    expect(server.silentQueues).toEqual([SILENT]);
    await server.pauseQueue(INTAKE);
    await publisher.publish(intakeMessage('m1'));
    await server.resumeQueue(INTAKE);
    await until(() => seen.length === 1, { within });
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  it('is left out by a fresh connection together with several others: no other queue waits for any of them, and it is not given up for their number', async () => {
    const publisher = await rig.publisher({ topology });
    await publisher.publish(intakeMessage('m1'));
    for (const queue of SEVERAL) await silencer.silence(vhost.name, queue);
    // Were they waited for one after the other, the time for all of them would not do.
    const setupTimeoutMs = 8_000;
    const connection = new BusConnection({ urls: [vhost.url], name: 'consuming', logger: rig.logger, setupTimeoutMs, startPatienceMs: 30_000 });
    let connections = 0;
    connection.onConnect(() => Promise.resolve(void connections++));
    const seen: string[] = [];
    const { server, app } = await rig.program(consumersOf((id) => seen.push(id)), publisher, { topology, connection, wishTimeoutMs: 3_000 });
    const listening = app.listen();
    await until(() => seen.includes('m1'), { within });
    expect(server.silentQueues).toEqual([]);
    await listening;
    expect([connections, server.silentQueues.toSorted()]).toEqual([1, SEVERAL]);
  });

  it('leaves no place taken in a connection that is given up, to which RabbitMQ says no goodbye before it answers', async () => {
    const connection = rig.connection('publishing');
    const publisher = await rig.publisher({ connection, topology, timeoutMs: 20_000, maxInFlight: 10 });
    await publisher.publish(intakeMessage('first'));
    await silencer.silence(vhost.name, SILENT);
    const stuck = codeOf(publisher.publish(silentMessage('stuck')));
    await until(() => publisher.inFlight === 1, { within, what: 'the channel to the silent queue' });
    const lost = Array.from({ length: 10 }, (_, n) => codeOf(publisher.publish(intakeMessage(`lost-${n}`))));
    connection.restart('test');
    expect(new Set(await Promise.all([stuck, ...lost]))).toEqual(new Set(['connection-lost']));
    await until(() => publisher.ready, { within });
    expect(await codeOf(publisher.publish(intakeMessage('next')))).toBe('confirmed');
    expect([publisher.inFlight, publisher.silentQueues]).toEqual([0, []]);
  });

  it('takes what is published again when it has a leader, though the channel was opened while that was on a node that is gone', async () => {
    const publisher = await rig.publisher({ topology });
    await silencer.noteLeader(vhost.name, SILENT, 'gone');
    const refused = await publisher.publish(silentMessage('first')).then(() => null, (error: Error) => error.name);
    await silencer.noteLeader(vhost.name, SILENT, 'right');
    expect([null, 'BusRejectedError']).toContain(refused);
    await until(() => publisher.publish(silentMessage('second')).then(() => true), { within, every: 100, what: 'a confirm' });
    expect(publisher.silentQueues).toEqual([]);
    await publisher.publish(intakeMessage('m1'));
  });
});
