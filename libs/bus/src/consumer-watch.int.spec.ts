import { afterEach, describe, expect, it } from '@jest/globals';
import type { Channel } from 'amqplib';
import { until, withVhost } from '../../../test/support/index.ts';
import { DEAD, INTAKE, intakeMessage, Rig } from './bus-rig.fixture.ts';
import type { BusConnection } from './connection.ts';

const within = 30_000;

describe('a consumer that is gone without a word', () => {
  const vhost = withVhost();
  const rig = new Rig(() => vhost.url);
  afterEach(async () => {
    await rig.closeAll();
    await rig.empty(INTAKE, DEAD);
  });

  /** A connection that lets the test reach the channels which the bus opens on it. */
  function tappedConnection(): { connection: BusConnection; channels: Channel[] } {
    const connection = rig.connection('consuming');
    const channels: Channel[] = [];
    connection.onConnect(async (model) => {
      const create = model.createChannel.bind(model);
      model.createChannel = async (options) => {
        const channel = await create(options);
        channels.push(channel);
        return channel;
      };
    });
    return { connection, channels };
  }

  async function serve() {
    const publisher = await rig.publisher();
    const { connection, channels } = tappedConnection();
    const tags: string[] = [];
    const seen: string[] = [];
    const { server } = await rig.serve((batch) => { seen.push(...batch.map(({ messageId }) => messageId)); return batch.map(() => 'done'); }, publisher, {},
      { connection, watchConsumersMs: 50 });
    return { publisher, server, channels, tags, seen };
  }

  it('is there again by itself, and messages are handled', async () => {
    const { publisher, channels, seen } = await serve();
    // Taken off the broker behind the back of the bus: nothing tells it.
    const consuming = channels.find((channel) => consumerTagsOf(channel).length > 0);
    for (const tag of consumerTagsOf(consuming)) await consuming?.cancel(tag);
    await publisher.publish(intakeMessage('m'));
    await until(() => seen.length === 1, { within });
  });

  it('is not looked for on a queue that is paused; but the queue itself is made again when somebody deleted it', async () => {
    const { publisher, server, seen } = await serve();
    await server.pauseQueue(INTAKE);
    await vhost.api('DELETE', `queues/${vhost.name}/${INTAKE}`);
    await until(() => publisher.publish(intakeMessage('m')).then(() => true, () => false), { within });
    expect(await rig.asks(async (channel) => (await channel.checkQueue(INTAKE)).consumerCount)).toBe(0);
    await server.resumeQueue(INTAKE);
    await until(() => seen.length === 1, { within });
  });
});

function consumerTagsOf(channel: Channel | undefined): string[] {
  return [...((channel as unknown as { consumers?: Map<string, unknown> } | undefined)?.consumers ?? new Map<string, unknown>()).keys()];
}
