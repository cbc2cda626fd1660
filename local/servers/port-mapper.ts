import { connect } from 'node:net';
import { join } from 'node:path';
import { portMapperPlan, type ErlangNetwork } from './rabbitmq-node.ts';
import type { RunnableKind, ServerState } from './server-kind.ts';

const LOOK_MS = 1_000;

/** The port mapper (epmd) of several nodes, a server of its own: it must outlive each of them. Its password is theirs too. */
export const portMapper: RunnableKind = {
  name: 'epmd',
  title: 'RabbitMQ 集群的端口映射（epmd）',
  portNames: ['epmd'],
  stopSignal: 'SIGTERM',
  stopGraceMs: 2_000,
  startWithinMs: 10_000,
  prepare: (profile, state, binaries) => Promise.resolve(portMapperPlan(binaries['epmd'] ?? 'epmd', networkOf(state), join(profile.logs, 'epmd.log'))),
  isReady: (state) => answers(state.ports['epmd'] ?? 0),
};

/** What the nodes must know of the port mapper. */
export function networkOf(state: ServerState): ErlangNetwork {
  return { epmdPort: state.ports['epmd'] ?? 0, password: state.password };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: LOOK_MS });
    const end = (answer: boolean): void => { socket.destroy(); resolve(answer); };
    socket.once('connect', () => { end(true); });
    socket.once('timeout', () => { end(false); });
    socket.once('error', () => { end(false); });
  });
}
