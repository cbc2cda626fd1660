import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchPlan } from './child.ts';
import { makeFolder } from './profile.ts';
import { shelveRabbit } from './rabbitmq-shelf.ts';

const LOOK_MS = 3_000;

/** Who may join: nodes with the same port mapper (epmd) and the same secret find and trust each other. */
export interface ErlangNetwork {
  readonly epmdPort: number;
  /** Both the Erlang cookie and the password of the broker's one user. */
  readonly password: string;
}

/** One RabbitMQ node that is ours alone. */
export interface RabbitNode extends ErlangNetwork {
  /** Such as `jiujin-1a2b3c4d@localhost`; no two nodes of one port mapper have the same. */
  readonly name: string;
  readonly ports: { readonly amqp: number; readonly management: number; readonly distribution: number };
  /** Its data, logs and configuration. */
  readonly folder: string;
  readonly logFile: string;
  /** The node whose cluster it joins at its first start; none for a node by itself. */
  readonly joins?: string;
}

/** Ports of a node and passwords, as they are kept between two starts, are plain numbers by name. */
export function nodePorts(ports: Readonly<Record<string, number>>): RabbitNode['ports'] {
  return { amqp: ports['amqp'] ?? 0, management: ports['management'] ?? 0, distribution: ports['distribution'] ?? 0 };
}

/** Writes the node's folders, secret and configuration as far as they are missing; returns how to run it. `daring` starts it faster, see {@link shelveRabbit}. */
export function prepareNode(node: RabbitNode, server: string, daring: boolean): LaunchPlan {
  const { folder } = node;
  for (const path of [folder, join(folder, 'data'), join(folder, 'log')]) makeFolder(path, 0o700);
  const cookie = join(folder, '.erlang.cookie');
  if (!existsSync(cookie)) writeFileSync(cookie, node.password);
  chmodSync(cookie, 0o400);
  writeFileSync(join(folder, 'enabled_plugins'), '[rabbitmq_management].\n');
  writeFileSync(join(folder, 'rabbitmq-env.conf'), '');
  writeFileSync(join(folder, 'advanced.config'), configuration(node), { mode: 0o600 });
  return { command: server, args: [], cwd: folder, env: environment(node, daring ? shelveRabbit(server) : null), logFile: node.logFile };
}

/** The port mapper, in the foreground, so that it ends with us; the one RabbitMQ would start by itself stays behind for ever. */
export function portMapperPlan(epmd: string, network: ErlangNetwork, logFile: string): LaunchPlan {
  return { command: epmd, args: [], cwd: '/', env: erlangEnvironment(network), logFile };
}

/** Whether the node takes AMQP connections, by its own account. */
export async function nodeIsReady(node: { readonly password: string; readonly ports: RabbitNode['ports'] }): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${node.ports.management}/api/health/checks/port-listener/${node.ports.amqp}`, {
    headers: { authorization: basicAuthorization(node.password) }, signal: AbortSignal.timeout(LOOK_MS),
  });
  await answer.arrayBuffer();
  return answer.ok;
}

export function basicAuthorization(password: string): string {
  return `Basic ${Buffer.from(`jiujin:${password}`).toString('base64')}`;
}

function erlangEnvironment(network: ErlangNetwork): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LANG: 'C.UTF-8', ERL_EPMD_PORT: String(network.epmdPort), ERL_EPMD_ADDRESS: '127.0.0.1' };
}

function environment(node: RabbitNode, shelf: ReturnType<typeof shelveRabbit>): NodeJS.ProcessEnv {
  const { folder } = node;
  return {
    ...erlangEnvironment(node),
    HOME: folder,
    RABBITMQ_NODENAME: node.name,
    RABBITMQ_DIST_PORT: String(node.ports.distribution),
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
function configuration(node: RabbitNode): string {
  return `[
  {rabbit, [
    {tcp_listeners, [{"127.0.0.1", ${node.ports.amqp}}]},
    {default_user, <<"jiujin">>}, {default_pass, <<"${node.password}">>}, {default_user_tags, [administrator]},
    {default_permissions, [<<".*">>, <<".*">>, <<".*">>]},${node.joins === undefined ? '' : clusterConfiguration(node.joins)}
    {log, [{console, [{enabled, false}]}, {file, [{level, warning}]}]}
  ]},
  {rabbitmq_management, [{tcp_config, [{ip, "127.0.0.1"}, {port, ${node.ports.management}}]}]}
].
`;
}

/** The node may be launched together with the one that it joins, so it asks for that one again and again. */
function clusterConfiguration(joins: string): string {
  return `
    {cluster_nodes, {['${joins}'], disc}}, {cluster_formation, [{discovery_retry_limit, 200}, {discovery_retry_interval, 250}]},`;
}
