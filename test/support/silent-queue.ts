import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { openProfile } from '../../local/servers/profile.ts';
import { PrivateServer } from '../../local/servers/private-server.ts';
import { rabbitmq } from '../../local/servers/rabbitmq.ts';
import type { ServerState } from '../../local/servers/server-kind.ts';
import { rabbitmqctl } from './rabbitmqctl.ts';

const START_MS = 300_000;

export interface QueueSilencer {
  /** The process behind the queue answers nobody any more, as when it has no leader. Its connections and all other queues go on. */
  silence(vhost: string, queue: string): Promise<void>;
  /** It answers again, also what was asked meanwhile. */
  wake(vhost: string, queue: string): Promise<void>;
  /** RabbitMQ's own notes name a leader on a node that is gone, as in the moment after its death; with `right`, the one that it has. */
  noteLeader(vhost: string, queue: string, which: 'gone' | 'right'): Promise<void>;
}

/** The private RabbitMQ, for the calling test file, with a hand on the processes behind its queues. Call it before {@link withVhost}. */
export function withQueueSilencer(): QueueSilencer {
  const profile = openProfile('test');
  const server = new PrivateServer(rabbitmq, profile, rabbitmq.findBinaries() ?? {});
  const silenced = new Set<string>();
  let state: ServerState | null = null;
  let held = false;
  const evaluate = async (expression: string): Promise<void> => {
    if (state === null) throw new Error('RabbitMQ is there once the hooks have run');
    const answer = await rabbitmqctl(profile, state, 'eval', `${expression}, ok.`);
    if (answer !== 'ok') throw new Error(`${expression}: ${answer}`);
  };
  const tell = (verb: 'suspend' | 'resume', name: string): Promise<void> => evaluate(`ok = sys:${verb}(whereis('${name}'))`);
  const wake = async (name: string): Promise<void> => {
    if (silenced.delete(name)) await tell('resume', name);
  };
  beforeAll(async () => {
    const running = server.lastState();
    // Where the whole run holds it, it is not this file's to let go.
    if (running !== null && rabbitmq.urlOf(running) === process.env['RABBITMQ_URL']) {
      state = running;
      return;
    }
    ({ state } = await server.hold());
    held = true;
    Object.assign(process.env, {
      RABBITMQ_URL: rabbitmq.urlOf(state), RABBITMQ_MANAGEMENT_URL: `http://jiujin:${state.password}@127.0.0.1:${state.ports['management']}`,
    });
  }, START_MS);
  afterEach(async () => { for (const name of [...silenced]) await wake(name); });
  afterAll(async () => { if (held) await server.release(); }, START_MS);
  return {
    silence: async (vhost, queue) => {
      const name = `${vhost}_${queue}`;
      silenced.add(name);
      await tell('suspend', name);
    },
    wake: (vhost, queue) => wake(`${vhost}_${queue}`),
    noteLeader: (vhost, queue, which) => {
      const node = which === 'right' ? 'node()' : "'gone@localhost'";
      const change = `fun (Q) -> amqqueue:set_pid(Q, {'${vhost}_${queue}', ${node}}) end`;
      return evaluate(`rabbit_misc:execute_mnesia_transaction(fun () -> rabbit_amqqueue:update(rabbit_misc:r(<<"${vhost}">>, queue, <<"${queue}">>), ${change}) end)`);
    },
  };
}
