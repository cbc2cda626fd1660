import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, versionedFolders } from '../../local/servers/binaries.ts';
import type { Profile } from '../../local/servers/profile.ts';
import type { ServerState } from '../../local/servers/server-kind.ts';

const run = promisify(execFile);
const ANSWER_MS = 30_000;

/** Raises RabbitMQ's memory alarm, which blocks every connection that publishes; gives what lifts it again. */
export async function blockPublishers(profile: Profile, state: ServerState): Promise<() => Promise<void>> {
  await setWatermark(profile, state, '0.000001');
  return () => setWatermark(profile, state, '0.4');
}

async function setWatermark(profile: Profile, state: ServerState, ratio: string): Promise<void> {
  const control = findProgram('rabbitmqctl', ['/usr/lib/rabbitmq/bin', ...versionedFolders('/usr/lib/rabbitmq/lib', 'sbin'), '/opt/rabbitmq/sbin', '/opt/homebrew/sbin']);
  if (control === null) throw new Error('rabbitmqctl was not found beside rabbitmq-server');
  const home = join(profile.servers, 'rabbitmq');
  await run(control, ['-n', `jiujin-${profile.id}@localhost`, 'set_vm_memory_high_watermark', ratio], {
    timeout: ANSWER_MS, cwd: home,
    env: {
      PATH: process.env['PATH'], LANG: 'C.UTF-8', HOME: home, ERL_EPMD_PORT: String(state.ports['epmd']), ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_CONF_ENV_FILE: join(home, 'rabbitmq-env.conf'), RABBITMQ_NODENAME: `jiujin-${profile.id}@localhost`,
    },
  });
}
