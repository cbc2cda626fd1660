import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { freePort, until, withVhost } from '../../../test/support/index.ts';
import { Rig } from './bus-rig.fixture.ts';
import { BusConnection } from './connection.ts';
import { StallingProxy } from './stalling-proxy.fixture.ts';

const HOSTS = 12;
/** Were the waits to grow from host to host, so many of them would take more than twice as long. */
const SOON_MS = 10_000;

/** A host that takes connections and never says a word: a machine that hangs. */
async function mute(): Promise<{ port: number; end: () => void }> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => { sockets.push(socket); });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    port: (server.address() as AddressInfo).port,
    end: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe('a connection to several hosts', () => {
  const vhost = withVhost();
  const rig = new Rig(() => vhost.url);
  const toEnd: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of toEnd.splice(0).reverse()) await end();
  });

  const at = (port: number): string => Object.assign(new URL(vhost.url), { port: String(port) }).href;
  const connectionTo = (urls: string[], more: { startPatienceMs?: number; connectTimeoutMs?: number } = {}): BusConnection => {
    const connection = new BusConnection({ urls, name: 'test', logger: rig.logger, startPatienceMs: 1_000, connectTimeoutMs: 3_000, ...more });
    toEnd.push(() => connection.close());
    return connection;
  };
  const proxy = async (): Promise<StallingProxy> => {
    const made = await StallingProxy.before(vhost.url);
    toEnd.push(() => made.close());
    return made;
  };

  it('opens over the one that answers, when the others refuse', async () => {
    const connection = connectionTo([at(await freePort()), at(await freePort()), vhost.url]);
    await connection.open();
    expect(connection.state).toBe('open');
  });

  it('opens over the one that answers, though asking the one before took all the patience of the start', async () => {
    const silent = await mute();
    toEnd.push(silent.end);
    const connection = connectionTo([at(silent.port), vhost.url]);
    await connection.open();
    expect(connection.state).toBe('open');
  });

  it('gives up at the start when none answers, after it has asked each', async () => {
    const connection = connectionTo([at(await freePort()), at(await freePort())], { startPatienceMs: 200 });
    await expect(connection.open()).rejects.toThrow(/ECONNREFUSED/);
  });

  it('is open again soon when the host it used is gone', async () => {
    const [first, second] = [await proxy(), await proxy()];
    const connection = connectionTo([first.through(vhost.url), second.through(vhost.url)]);
    await connection.open();
    const lostAt = performance.now();
    await first.close();
    await until(() => connection.state === 'lost', { within: 20_000, every: 1, what: 'the loss noticed' });
    await until(() => connection.state === 'open', { within: 20_000, what: 'another host found' });
    expect(performance.now() - lostAt).toBeLessThan(SOON_MS);
  });

  it('asks all hosts in one go after each wait, so that the only one that is back is found at the first', async () => {
    const last = await proxy();
    const dead = await Promise.all(Array.from({ length: HOSTS - 1 }, freePort));
    const connection = connectionTo([last.through(vhost.url), ...dead.map(at)]);
    await connection.open();
    const lostAt = performance.now();
    last.cut();
    await until(() => connection.state === 'lost', { within: 20_000, every: 1, what: 'the loss noticed' });
    await until(() => connection.state === 'open', { within: 20_000, what: 'the one host found' });
    expect(performance.now() - lostAt).toBeLessThan(SOON_MS);
  });
});
