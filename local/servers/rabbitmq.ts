import { join } from 'node:path';
import { findProgram, versionedFolders } from './binaries.ts';
import type { LaunchPlan } from './child.ts';
import { nodeIsReady, nodePorts, portMapperPlan, prepareNode } from './rabbitmq-node.ts';
import type { ServerKind, ServerState } from './server-kind.ts';

/**
 * RabbitMQ with the management plugin, apart from any other RabbitMQ of the machine: node name, ports, cookie, plugin list, configuration
 * and even the port mapper (epmd) are its own, and all of them listen on loopback only.
 */
export const rabbitmq: ServerKind = {
  name: 'rabbitmq',
  title: 'RabbitMQ',
  envName: 'RABBITMQ_URL',
  debianPackage: 'rabbitmq-server',
  portNames: ['amqp', 'management', 'distribution', 'epmd'],
  stopSignal: 'SIGTERM',
  stopGraceMs: 30_000,
  startWithinMs: 120_000,

  findBinaries() {
    // Not /usr/sbin: the wrapper there hands over to the system's own user, folders and log.
    const folders = ['/usr/lib/rabbitmq/bin', ...versionedFolders('/usr/lib/rabbitmq/lib', 'sbin'), '/opt/rabbitmq/sbin', '/opt/homebrew/sbin'];
    const server = findProgram('rabbitmq-server', folders);
    return server === null ? null : { server, epmd: findProgram('epmd', ['/usr/bin']) ?? '' };
  },

  prepare(profile, state, binaries, attempt) {
    const node = {
      ...networkOf(state), name: `jiujin-${profile.id}@localhost`, ports: nodePorts(state.ports),
      folder: join(profile.servers, 'rabbitmq'), logFile: join(profile.logs, 'rabbitmq.log'),
    };
    return Promise.resolve(prepareNode(node, binaries['server'] ?? 'rabbitmq-server', attempt === 1));
  },

  companion(profile, state, binaries): LaunchPlan | null {
    const epmd = binaries['epmd'];
    return epmd ? portMapperPlan(epmd, networkOf(state), join(profile.logs, 'epmd.log')) : null;
  },

  isReady: (state) => nodeIsReady({ password: state.password, ports: nodePorts(state.ports) }),

  urlOf: (state) => `amqp://jiujin:${state.password}@127.0.0.1:${state.ports['amqp']}`,
};

function networkOf(state: ServerState): { epmdPort: number; password: string } {
  return { epmdPort: state.ports['epmd'] ?? 0, password: state.password };
}
