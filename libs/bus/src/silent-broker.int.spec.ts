import { afterEach, describe, expect, it } from '@jest/globals';
import type { Channel } from 'amqplib';
import { until, withVhost } from '../../../test/support/index.ts';
import { INTAKE, intakeMessage, Rig } from './bus-rig.fixture.ts';
import { BusConnection } from './connection.ts';
import { StallingProxy } from './stalling-proxy.fixture.ts';

const within = 30_000;
const NEVER = new Promise<never>(() => undefined);

describe('a broker that keeps its connections, but does not answer for a queue', () => {
  const vhost = withVhost();
  const rig = new Rig(() => vhost.url);
  afterEach(() => rig.closeAll());

  it('is connected to anew when a fresh connection does not get ready', async () => {
    const connection = new BusConnection({ urls: [vhost.url], name: 'test', logger: rig.logger, startPatienceMs: 20_000, setupTimeoutMs: 1_000 });
    let tries = 0;
    connection.onConnect(() => (++tries === 1 ? NEVER : Promise.resolve()));
    await connection.open();
    expect([connection.state, tries]).toEqual(['open', 2]);
    await connection.close();
  });

  it('is connected to anew when it is cut off in the middle of the farewell to a connection that could not be prepared', async () => {
    const proxy = await StallingProxy.before(vhost.url);
    const connection = new BusConnection({ urls: [proxy.through(vhost.url)], name: 'test', logger: rig.logger, startPatienceMs: 20_000 });
    let tries = 0;
    connection.onConnect(() => {
      if (++tries > 1) return Promise.resolve();
      proxy.stall();
      setTimeout(() => proxy.cut(), 100);
      return Promise.reject(new Error('no queue can be declared yet'));
    });
    await connection.open();
    expect([connection.state, tries]).toEqual(['open', 2]);
    await connection.close();
    await proxy.close();
  });

  it.each<['cancel' | 'consume', string]>([
    ['cancel', 'to stop'], ['consume', 'to begin'],
  ])('is asked over another channel when it does not answer the wish %s handing messages over, and messages are handled again', async (question) => {
    const publisher = await rig.publisher();
    const channels: Channel[] = [];
    const connection = rig.connection('consuming');
    connection.onConnect(async (model) => {
      const create = model.createChannel.bind(model);
      model.createChannel = async (options) => {
        const channel = await create(options);
        channels.push(channel);
        return channel;
      };
    });
    const seen: string[] = [];
    const { server } = await rig.serve((batch) => { seen.push(...batch.map(({ messageId }) => messageId)); return batch.map(() => 'done'); }, publisher, {},
      { connection, wishTimeoutMs: 1_000 });
    for (const channel of channels) channel[question] = () => NEVER;
    await server.pauseQueue(INTAKE);
    await server.resumeQueue(INTAKE);
    await publisher.publish(intakeMessage('m'));
    await until(() => seen.length === 1, { within });
  });
});
