import { afterEach, describe, expect, it } from '@jest/globals';
import { topologyFor } from '#contracts';
import { withVhost } from '../../../test/support/index.ts';
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
});
