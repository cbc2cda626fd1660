import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort, withVhost } from '../../../test/support/index.ts';
import { INTAKE, Rig, testTopology } from './bus-rig.fixture.ts';
import { TopologyError } from './bus-errors.ts';
import { BusConnection } from './connection.ts';
import { assertTopology } from './topology-assertion.ts';

describe('a connection of a program that may start without its broker', () => {
  const vhost = withVhost();
  const rig = new Rig(() => vhost.url);
  const connections: BusConnection[] = [];
  afterEach(async () => {
    for (const connection of connections.splice(0)) await connection.close();
    await rig.closeAll();
  });

  const connectionTo = (url: string): BusConnection => {
    const connection = new BusConnection({ urls: [url], name: 'test', logger: rig.logger, startPatienceMs: 500, startWithoutBroker: true });
    connections.push(connection);
    return connection;
  };

  it('opens without it, and says that it is not connected', async () => {
    const connection = connectionTo(Object.assign(new URL(vhost.url), { port: String(await freePort()) }).href);
    await connection.open();
    expect(connection.state).not.toBe('open');
  });

  it('is connected once it is open when the broker is there', async () => {
    const connection = connectionTo(vhost.url);
    await connection.open();
    expect(connection.state).toBe('open');
  });

  it('does not open when the broker is there and refuses the login', async () => {
    const connection = connectionTo(Object.assign(new URL(vhost.url), { password: 'wrong' }).href);
    await expect(connection.open()).rejects.toThrow(/ACCESS_REFUSED/);
  });

  it('does not open when the broker is there and a queue is declared otherwise', async () => {
    await rig.publisher({ topology: testTopology({ deliveryLimit: 2 }) });
    const connection = connectionTo(vhost.url);
    connection.onConnect((model) => assertTopology(model, testTopology({ deliveryLimit: 9 })));
    await expect(connection.open()).rejects.toThrow(TopologyError);
    await vhost.api('DELETE', `queues/${vhost.name}/${INTAKE}`);
  });
});
