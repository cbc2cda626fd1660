import { afterEach, beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import { until, withVhost } from '../../../test/support/index.ts';
import { BusInspector } from './bus-inspector.ts';
import { DEAD, INTAKE, intakeMessage, Rig } from './bus-rig.fixture.ts';
import type { BusConnection } from './connection.ts';
import { StallingProxy } from './stalling-proxy.fixture.ts';

const within = 30_000;

describe('asking the broker about its queues', () => {
  const vhost = withVhost();
  const rig = new Rig(() => vhost.url);
  const connections: BusConnection[] = [];
  let proxy: StallingProxy;
  beforeAll(async () => { proxy = await StallingProxy.before(vhost.url); });
  afterEach(async () => {
    for (const connection of connections.splice(0)) await connection.close();
    await rig.closeAll();
    await rig.empty(INTAKE, DEAD);
  });
  afterAll(() => proxy.close());

  async function inspector(timeoutMs?: number) {
    const connection = rig.connection('inspecting', proxy.through(vhost.url));
    connections.push(connection);
    await connection.open();
    return { connection, inspector: new BusInspector({ connection, timeoutMs }) };
  }

  it('tells what waits and who consumes, in the order asked, and null for a queue that does not exist', async () => {
    const publisher = await rig.publisher();
    await publisher.publishAll(['a', 'b'].map((id) => intakeMessage(id)));
    const { inspector: asked } = await inspector();
    await until(async () => (await rig.ready(INTAKE)) === 2, { within });
    expect(await asked.inspect(['nowhere', INTAKE, 'nowhere-either', DEAD])).toEqual([
      null, { name: INTAKE, messages: 2, consumers: 0 }, null, { name: DEAD, messages: 0, consumers: 0 },
    ]);
    await rig.serve((batch) => batch.map(() => 'done'), publisher);
    await until(async () => (await asked.inspect([INTAKE]))[0]?.messages === 0, { within });
    expect(await asked.inspect([INTAKE])).toEqual([{ name: INTAKE, messages: 0, consumers: 1 }]);
  });

  it('answers two at once, though one of them asks for a queue that does not exist', async () => {
    await rig.publisher();
    const { inspector: asked } = await inspector();
    const answers = await Promise.all([asked.inspect(['nowhere', INTAKE]), asked.inspect([INTAKE, 'nowhere'])]);
    expect(answers.map((states) => states.map((state) => state?.name ?? null))).toEqual([[null, INTAKE], [INTAKE, null]]);
  });

  it('leaves no channel open, however often it asks', async () => {
    await rig.publisher();
    const { inspector: asked, connection } = await inspector();
    for (let n = 0; n < 20; n++) await asked.inspect(n % 2 ? [INTAKE] : ['nowhere', INTAKE]);
    const channel = await connection.openChannel();
    // The client gives a fresh channel the lowest free number; what is closing may still hold the one or two before it.
    expect((channel as unknown as { ch: number }).ch).toBeLessThan(4);
  });

  it('says that the broker is away, instead of waiting for it', async () => {
    await rig.publisher();
    const { inspector: asked, connection } = await inspector(300);
    proxy.stall();
    await expect(asked.inspect([INTAKE])).rejects.toMatchObject({ name: 'BusUnavailableError', code: 'timeout' });
    const lost = asked.inspect([INTAKE]);
    proxy.cut();
    await expect(lost).rejects.toMatchObject({ name: 'BusUnavailableError', code: 'connection-lost' });
    await expect(asked.inspect([INTAKE])).rejects.toMatchObject({ code: 'not-connected' });
    await until(() => connection.state === 'open', { within });
    expect(await asked.inspect([INTAKE])).toEqual([{ name: INTAKE, messages: 0, consumers: 0 }]);
  });
});
