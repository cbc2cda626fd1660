import type { Vhost } from '../../../../test/support/index.ts';
import { consumerOf, Rig } from '../bus-rig.fixture.ts';
import { readDelivery } from '../delivery.ts';
import type { BusPublisher } from '../publisher.ts';
import { openBody } from '../sealed-body.ts';
import { conformanceTopology, LETTERS, SMALL, WORK, type BusUnderTest } from './bus-under-test.fixture.ts';

/** The real bus on a vhost of the calling file. */
export function rabbitmqBus(vhost: Vhost): BusUnderTest {
  const rig = new Rig(() => vhost.url);
  const topology = conformanceTopology();
  let publisher: Promise<BusPublisher> | null = null;
  const publishing = (): Promise<BusPublisher> => publisher ??= rig.publisher({ topology });
  return {
    publish: async (message) => (await publishing()).publish(message),
    publishAll: async (messages) => (await publishing()).publishAll(messages),
    intrude: (messageId, content) => rig.intrude('work', content, { 'x-key-version': '1' }, messageId),
    serve: async (handle, queue = {}, closeTimeoutMs) => {
      const { server, app } = await rig.program([consumerOf(WORK, handle)], await publishing(), { topology, queues: [{ name: WORK, ...queue }], closeTimeoutMs });
      await app.listen();
      return { pause: () => server.pauseQueue(WORK), resume: () => server.resumeQueue(WORK), close: () => app.close() };
    },
    ready: (queue) => rig.ready(queue),
    takeLetter: async () => {
      const raw = await rig.take(LETTERS);
      if (!raw) return null;
      const { headers } = readDelivery({ ...raw, fields: { ...raw.fields, consumerTag: '' } });
      return { messageId: String(raw.properties.messageId), content: raw.content, headers };
    },
    open: ({ content, headers }) => openBody(rig.sealer, content, headers['x-key-version']),
    clear: async () => {
      await rig.closeAll();
      publisher = null;
      for (const queue of [WORK, SMALL, LETTERS]) await rig.asks((channel) => channel.purgeQueue(queue));
    },
  };
}
