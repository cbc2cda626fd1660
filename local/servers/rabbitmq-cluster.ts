import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { until } from '../until.ts';
import { endProcess } from './child.ts';
import { networkOf, portMapper } from './port-mapper.ts';
import { PrivateServer } from './private-server.ts';
import { liveRecord, recordOf } from './process-record.ts';
import { openProfile, type Profile } from './profile.ts';
import { rabbitmq } from './rabbitmq.ts';
import { basicAuthorization, nodeIsReady, nodePorts, prepareNode, type ErlangNetwork } from './rabbitmq-node.ts';
import type { Binaries, RunnableKind, ServerState } from './server-kind.ts';

const PREFIX = 'cluster-';
const FORM_MS = 60_000;
const ANSWER_MS = 10_000;
const END_MS = 5_000;

/** One node of the cluster, as its neighbours and its clients know it. */
export interface ClusterNode {
  /** As the broker names it: `jiujin-1a2b3c4d-1@localhost`. */
  readonly name: string;
  readonly amqpUrl: string;
  readonly managementUrl: string;
}

interface Member extends ClusterNode {
  readonly index: number;
  readonly ports: ServerState['ports'];
}

/**
 * A RabbitMQ cluster of our own on loopback, for this process alone: it starts empty, and nothing of it stays. Nodes share the port mapper
 * and the cookie; ports, names and data folders are each node's own.
 */
export class RabbitCluster {
  readonly #profile: Profile;
  readonly #binaries: Binaries;
  readonly #portMapper: PrivateServer;
  readonly #servers: PrivateServer[] = [];
  readonly #members: Member[] = [];
  #released = false;
  #network: ErlangNetwork = { epmdPort: 0, password: '' };

  private constructor(profile: Profile, binaries: Binaries) {
    this.#profile = profile;
    this.#binaries = binaries;
    this.#portMapper = new PrivateServer(portMapper, profile, binaries);
  }

  /** Starts that many nodes and waits until each knows all others as running. What a killed process left of its cluster is ended first. */
  static async start(size = 3, signal?: AbortSignal): Promise<RabbitCluster> {
    const binaries = rabbitmq.findBinaries();
    if (!binaries?.['epmd']) throw new Error('本机没有 RabbitMQ 或 epmd：请运行 apt-get install rabbitmq-server');
    const profile = openProfile(`${PREFIX}${process.pid}`);
    await forgetAbandonedClusters(dirname(profile.home));
    const cluster = new RabbitCluster(profile, binaries);
    await cluster.#start(size, signal).catch(async (error: unknown) => {
      await cluster.release();
      throw error;
    });
    return cluster;
  }

  get nodes(): readonly ClusterNode[] {
    return this.#members;
  }

  /** What goes into `RABBITMQ_URL`: every node, separated by commas. */
  get url(): string {
    return this.#members.map(({ amqpUrl }) => amqpUrl).join(',');
  }

  /** Ends a node as a power cut would. */
  kill(node: ClusterNode): Promise<void> {
    return this.#serverOf(node).kill();
  }

  /** Stops a node in good order. */
  stop(node: ClusterNode): Promise<void> {
    return this.#serverOf(node).stop();
  }

  /** Starts a node that was stopped or killed, with its data and its ports; resolves when all nodes see it running. */
  async restart(node: ClusterNode, signal?: AbortSignal): Promise<void> {
    const { ports } = this.#member(node);
    const { state } = await this.#serverOf(node).hold(signal);
    if (JSON.stringify(state.ports) !== JSON.stringify(ports)) throw new Error(`${node.name} 的端口在它停着的时候被占用了，它换了端口：客户端找不到它`);
    await this.#whole(signal);
  }

  /** Asks the management API of the first node that answers; `path` comes after `/api/`. */
  async ask<T>(path: string): Promise<T> {
    const errors: unknown[] = [];
    for (const { managementUrl } of this.#members) {
      try {
        return await this.#askNode<T>(managementUrl, path);
      } catch (error) {
        errors.push(error);
      }
    }
    throw new AggregateError(errors, `no node of the cluster answers /api/${path}`);
  }

  /** Ends every node and forgets all that they kept. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await Promise.all(this.#servers.map((server) => server.kill().then(() => server.release())));
    await this.#portMapper.release();
    rmSync(this.#profile.home, { recursive: true, force: true });
  }

  async #start(size: number, signal?: AbortSignal): Promise<void> {
    this.#network = networkOf((await this.#portMapper.hold(signal)).state);
    const servers = Array.from({ length: size }, (_, index) => new PrivateServer(this.#kindOf(index + 1), this.#profile, this.#binaries));
    this.#servers.push(...servers);
    const outcomes = await Promise.allSettled(servers.map((server) => server.hold(signal)));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') throw outcome.reason;
      this.#members.push(this.#memberOf(index, outcome.value.state));
    }
    await this.#whole(signal);
  }

  #memberOf(index: number, { ports }: ServerState): Member {
    return {
      name: this.#nameOf(index + 1), index, ports,
      amqpUrl: `amqp://jiujin:${this.#network.password}@127.0.0.1:${ports['amqp']}`, managementUrl: `http://127.0.0.1:${ports['management']}`,
    };
  }

  #kindOf(number: number): RunnableKind {
    const network = this.#network;
    const { stopSignal, stopGraceMs, startWithinMs } = rabbitmq;
    return {
      name: `node-${number}`, title: `RabbitMQ 集群的节点 ${number}`, portNames: ['amqp', 'management', 'distribution'], stopSignal, stopGraceMs, startWithinMs,
      prepare: (profile, { ports }, binaries, attempt) => Promise.resolve(prepareNode({
        ...network, name: this.#nameOf(number), ports: nodePorts(ports), folder: join(profile.servers, `node-${number}`),
        logFile: join(profile.logs, `node-${number}.log`), ...(number === 1 ? {} : { joins: this.#nameOf(1) }),
      }, binaries['server'] ?? '', attempt === 1)),
      isReady: ({ ports }) => nodeIsReady({ password: network.password, ports: nodePorts(ports) }),
    };
  }

  #nameOf(number: number): string {
    return `jiujin-${this.#profile.id}-${number}@localhost`;
  }

  /** Every node sees every node running. */
  async #whole(signal?: AbortSignal): Promise<void> {
    await until(async () => {
      const views = await Promise.all(this.#members.map(({ managementUrl }) => this.#askNode<{ name: string; running: boolean }[]>(managementUrl, 'nodes')));
      return views.every((view) => view.filter(({ running }) => running).length === this.#members.length);
    }, { within: FORM_MS, every: 100, what: `${this.#members.length} 个节点组成集群`, signal });
  }

  async #askNode<T>(managementUrl: string, path: string): Promise<T> {
    const answer = await fetch(`${managementUrl}/api/${path}`, {
      headers: { authorization: basicAuthorization(this.#network.password) }, signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!answer.ok) throw new Error(`${managementUrl}/api/${path} answered ${answer.status}`);
    return (await answer.json()) as T;
  }

  #serverOf(node: ClusterNode): PrivateServer {
    const server = this.#servers[this.#member(node).index];
    if (server === undefined) throw new Error(`${node.name} was not started`);
    return server;
  }

  #member({ name }: ClusterNode): Member {
    const member = this.#members.find((one) => one.name === name);
    if (member === undefined) throw new Error(`${name} is no node of this cluster`);
    return member;
  }
}

/** Ends what clusters of processes long gone left running, and removes their folders. */
async function forgetAbandonedClusters(profiles: string): Promise<void> {
  const abandoned = readdirSync(profiles).filter((name) => name.startsWith(PREFIX) && recordOf(Number(name.slice(PREFIX.length))) === null);
  for (const name of abandoned) {
    const run = join(profiles, name, 'run');
    const running = readdirSync(run).filter((file) => file.endsWith('.json')).flatMap((file) => liveRecord(join(run, file)) ?? []);
    await Promise.all(running.map((record) => endProcess(record, 'SIGKILL', END_MS)));
    rmSync(join(profiles, name), { recursive: true, force: true });
  }
}
