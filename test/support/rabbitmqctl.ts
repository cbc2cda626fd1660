import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, versionedFolders } from '../../local/servers/binaries.ts';
import type { Profile } from '../../local/servers/profile.ts';
import type { ServerState } from '../../local/servers/server-kind.ts';

const run = promisify(execFile);
const ANSWER_MS = 30_000;

/** Runs `rabbitmqctl` against the private RabbitMQ of this profile; what it printed. */
export async function rabbitmqctl(profile: Profile, state: ServerState, ...words: string[]): Promise<string> {
  const control = findProgram('rabbitmqctl', ['/usr/lib/rabbitmq/bin', ...versionedFolders('/usr/lib/rabbitmq/lib', 'sbin'), '/opt/rabbitmq/sbin', '/opt/homebrew/sbin']);
  if (control === null) throw new Error('rabbitmqctl was not found beside rabbitmq-server');
  const home = join(profile.servers, 'rabbitmq');
  const node = `jiujin-${profile.id}@localhost`;
  const { stdout } = await run(control, ['-n', node, ...words], {
    timeout: ANSWER_MS, cwd: home,
    env: {
      PATH: process.env['PATH'], LANG: 'C.UTF-8', HOME: home, ERL_EPMD_PORT: String(state.ports['epmd']), ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_CONF_ENV_FILE: join(home, 'rabbitmq-env.conf'), RABBITMQ_NODENAME: node,
    },
  });
  return stdout.trim();
}
