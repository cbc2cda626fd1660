import { afterEach, describe, expect, it } from '@jest/globals';
import { EXCHANGES, topologyFor } from '#contracts';
import { until, withVhost } from '../../../test/support/index.ts';
import { TopologyError } from './bus-errors.ts';
import { queueArguments } from './topology-assertion.ts';
import { DEAD, INTAKE, Rig, testTopology } from './bus-rig.fixture.ts';

describe('declaring the topology', () => {
  const vhost = withVhost();
  const rig = new Rig(() => vhost.url);
  afterEach(() => rig.closeAll());

  it('declares the whole real topology, and again without complaint; the broker holds every argument', async () => {
    const topology = topologyFor(['410202', '410203', '410204', '410205']);
    await rig.publisher({ topology });
    await rig.publisher({ topology });
    for (const spec of topology.queues) {
      const queue = await vhost.api<{ arguments: object; durable: boolean }>('GET', `queues/${vhost.name}/${spec.name}`);
      expect(queue).toMatchObject({ durable: true, arguments: queueArguments(spec) });
    }
    const bindings = await vhost.api<{ source: string; routing_key: string; destination: string }[]>('GET', `bindings/${vhost.name}`);
    expect(bindings.filter(({ source }) => source !== '')).toHaveLength(topology.queues.length);
  });

  it('says which queue, which argument and how to migrate, when a queue exists with other arguments', async () => {
    for (const name of [INTAKE, DEAD]) await vhost.api('DELETE', `queues/${vhost.name}/${name}`);
    await rig.publisher({ topology: testTopology({ deliveryLimit: 2 }) });
    const attempt = rig.publisher({ topology: testTopology({ deliveryLimit: 9 }) });
    await expect(attempt).rejects.toThrow(TopologyError);
    await expect(attempt).rejects.toThrow(/gateway\.intake exists on RabbitMQ with other arguments \(argument x-delivery-limit: this program declares 9, the broker has 2\).*rabbitmqctl delete_queue -p VHOST gateway\.intake/);
  });

  it.each<[string, string | number | undefined]>([
    ['x-delivery-limit', undefined],
    ['x-delivery-limit', 20],
    ['x-dead-letter-strategy', undefined],
    ['x-dead-letter-strategy', 'at-most-once'],
    ['x-dead-letter-exchange', 'elsewhere'],
    ['x-dead-letter-routing-key', 'elsewhere'],
    ['x-overflow', undefined],
    ['x-overflow', 'drop-head'],
    ['x-max-length', undefined],
    ['x-max-length', 5],
  ])('refuses a queue that was declared with another %s: %s', async (argument, value) => {
    await deleteAll();
    const [intake] = testTopology().queues.filter(({ name }) => name === INTAKE);
    if (!intake) throw new Error('no intake queue');
    const { [argument]: _left, ...others } = queueArguments(intake);
    const declared = { ...others, ...(value === undefined ? {} : { [argument]: value }) };
    await rig.asks((channel) => channel.assertQueue(INTAKE, { durable: true, arguments: declared }));
    const attempt = rig.publisher();
    await expect(attempt).rejects.toThrow(TopologyError);
    await expect(attempt).rejects.toThrow(new RegExp(`gateway\\.intake exists on RabbitMQ with other arguments \\(argument ${argument}: this program declares .+, the broker has .+\\)`));
    await deleteAll();
  });

  it.each([{ 'x-queue-type': 'classic' }, { 'x-queue-type': 'quorum' }])('refuses a queue that was declared with no more than %j', async (declared) => {
    await deleteAll();
    await rig.asks((channel) => channel.assertQueue(INTAKE, { durable: true, arguments: declared }));
    await expect(rig.publisher()).rejects.toThrow(TopologyError);
    await deleteAll();
  });

  it('refuses a dead-letter queue that has no delivery limit of its own: RabbitMQ 4 would drop dead letters', async () => {
    await deleteAll();
    await rig.asks((channel) => channel.assertQueue(DEAD, { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-overflow': 'reject-publish', 'x-max-length': 1_000 } }));
    await expect(rig.publisher()).rejects.toThrow('gateway.dead-letters exists on RabbitMQ with other arguments (argument x-delivery-limit: this program declares 2000000000, the broker has none)');
    await deleteAll();
  });

  it('gives a dead letter back any number of times without losing it', async () => {
    await deleteAll();
    const publisher = await rig.publisher();
    await publisher.publishRaw({ exchange: EXCHANGES.deadLetters, routingKey: 'gateway', content: Buffer.from('letter'), properties: { messageId: 'd' } });
    await rig.asks(async (channel) => {
      for (let time = 0; time < 30; time++) {
        const letter = await until(async () => (await channel.get(DEAD)) || null, { within: 20_000, every: 5, what: `the letter for the ${time + 1}. time` });
        channel.reject(letter, true);
      }
    });
    await until(async () => (await rig.ready(DEAD)) === 1, { within: 20_000 });
  });

  async function deleteAll(): Promise<void> {
    for (const name of [INTAKE, DEAD]) await rig.asks((channel) => channel.deleteQueue(name));
  }
});
