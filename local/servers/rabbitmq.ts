import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, versionedFolders } from './binaries.ts';
import type { LaunchPlan } from './child.ts';
import { makeFolder, type Profile } from './profile.ts';
import { shelveRabbit, type RabbitShelf } from './rabbitmq-shelf.ts';
import type { ServerKind, ServerState } from './server-kind.ts';

const LOOK_MS = 3_000;

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
    const folder = folderOf(profile);
    for (const path of [folder, join(folder, 'data'), join(folder, 'log')]) makeFolder(path, 0o700);
    const cookie = join(folder, '.erlang.cookie');
    if (!existsSync(cookie)) writeFileSync(cookie, state.password);
    chmodSync(cookie, 0o400);
    writeFileSync(join(folder, 'enabled_plugins'), '[rabbitmq_management].\n');
    writeFileSync(join(folder, 'rabbitmq-env.conf'), '');
    writeFileSync(join(folder, 'advanced.config'), configuration(state), { mode: 0o600 });
    const server = binaries['server'] ?? 'rabbitmq-server';
    const shelf = attempt === 1 ? shelveRabbit(folder, server) : null;
    return Promise.resolve({
      command: server, args: [], cwd: folder,
      env: environment(profile, state, shelf), logFile: join(profile.logs, 'rabbitmq.log'),
    });
  },

  /** The port mapper is ours, in the foreground, so that it ends with us; the one RabbitMQ would start by itself stays behind for ever. */
  companion(profile, state, binaries): LaunchPlan | null {
    const epmd = binaries['epmd'];
    if (!epmd) return null;
    return { command: epmd, args: [], cwd: '/', env: erlangNetwork(state), logFile: join(profile.logs, 'epmd.log') };
  },

  async isReady(state) {
    const path = `/api/health/checks/port-listener/${state.ports['amqp']}`;
    const answer = await fetch(`http://127.0.0.1:${state.ports['management']}${path}`, {
      headers: { authorization: `Basic ${Buffer.from(`jiujin:${state.password}`).toString('base64')}` },
      signal: AbortSignal.timeout(LOOK_MS),
    });
    await answer.arrayBuffer();
    return answer.ok;
  },

  urlOf: (state) => `amqp://jiujin:${state.password}@127.0.0.1:${state.ports['amqp']}`,
};

function folderOf(profile: Profile): string {
  return join(profile.servers, 'rabbitmq');
}

function erlangNetwork(state: ServerState): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LANG: 'C.UTF-8', ERL_EPMD_PORT: String(state.ports['epmd']), ERL_EPMD_ADDRESS: '127.0.0.1' };
}

function environment(profile: Profile, state: ServerState, shelf: RabbitShelf | null): NodeJS.ProcessEnv {
  const folder = folderOf(profile);
  return {
    ...erlangNetwork(state),
    HOME: folder,
    RABBITMQ_NODENAME: `jiujin-${profile.id}@localhost`,
    RABBITMQ_DIST_PORT: String(state.ports['distribution']),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'rabbitmq-env.conf'),
    RABBITMQ_CONFIG_FILE: join(folder, 'none'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    ...(shelf === null ? {} : { RABBITMQ_PLUGINS_DIR: shelf.plugins }),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `-kernel inet_dist_use_interface {127,0,0,1}${shelf === null ? '' : ` -pa ${shelf.modules}`}`,
    // Makes the start script become the server instead of staying as its parent, so that our signals reach the server itself.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
}

/** Erlang terms rather than the newer `rabbitmq.conf`: the latter costs a translation of more than a second at each start. */
function configuration(state: ServerState): string {
  return `[
  {rabbit, [
    {tcp_listeners, [{"127.0.0.1", ${state.ports['amqp']}}]},
    {default_user, <<"jiujin">>}, {default_pass, <<"${state.password}">>}, {default_user_tags, [administrator]},
    {default_permissions, [<<".*">>, <<".*">>, <<".*">>]},
    {log, [{console, [{enabled, false}]}, {file, [{level, warning}]}]}
  ]},
  {rabbitmq_management, [{tcp_config, [{ip, "127.0.0.1"}, {port, ${state.ports['management']}}]}]}
].
`;
}
