import { afterAll, beforeAll } from '@jest/globals';
import { withDatabase, withRedis } from '#test';
import { RabbitCluster, type ClusterNode } from '../../local/servers/rabbitmq-cluster.ts';
import { RunningBridge, type BridgeSettings } from '../journeys/running-bridge.fixture.ts';

const START_MS = 300_000;

/** A queue as the cluster sees it. */
export interface ClusterQueue {
  readonly name: string;
  readonly leader: string;
  readonly members: readonly string[];
  readonly online: readonly string[];
  readonly message_stats?: { readonly publish?: number };
  readonly messages_ready?: number;
  readonly messages_unacknowledged?: number;
  readonly consumers?: number;
}

/** The bridge over three RabbitMQ nodes. */
export interface ClusterBridge {
  readonly bridge: RunningBridge;
  /** There once the hooks have run. */
  readonly cluster: RabbitCluster;
}

/**
 * Two of each of the bridge's programs over a RabbitMQ cluster of three nodes, for the calling test file. All three are there when the programs declare
 * their queues for the first time: before 3.12.11 a member that came later may break channels once it leads (docs/cluster.md).
 */
export function withClusterBridge(settings: BridgeSettings): ClusterBridge {
  let cluster: RabbitCluster | null = null;
  const running = (): RabbitCluster => {
    if (cluster === null) throw new Error('the cluster is there once the hooks have run');
    return cluster;
  };
  // The first to be named ends first: the programs must be gone before their servers are.
  afterAll(() => bridge.stop(), START_MS);
  afterAll(() => cluster?.release(), START_MS);
  const redis = withRedis();
  const database = withDatabase();
  const bridge = new RunningBridge({ ...settings, twins: true }, {
    redisPrefix: redis.prefix,
    get rabbitmq() { return running().url; },
    get redis() { return redis.url; },
    get database() { return database.url; },
  });
  beforeAll(async () => {
    cluster = await RabbitCluster.start();
    await bridge.start();
  }, START_MS);
  return { bridge, get cluster() { return running(); } };
}

export function queuesOf(cluster: RabbitCluster): Promise<ClusterQueue[]> {
  return cluster.ask<ClusterQueue[]>('queues');
}

/** What a person would look at first when nothing moves. */
export async function standOf(cluster: RabbitCluster): Promise<string> {
  const lines = (await queuesOf(cluster)).map(({ name, messages_ready: ready, messages_unacknowledged: open, consumers, leader, online }) =>
    `${name}: ${ready} ready, ${open} unacknowledged, ${consumers} consumers, led by ${leader}, online ${online.join(' ')}`);
  return lines.join('\n');
}

/** The node that leads the queue into which most was published. */
export async function leaderOfTheBusiest(cluster: RabbitCluster): Promise<ClusterNode> {
  const [busiest] = (await queuesOf(cluster)).sort((left, right) => (right.message_stats?.publish ?? 0) - (left.message_stats?.publish ?? 0));
  const leader = cluster.nodes.find(({ name }) => name === busiest?.leader);
  if (leader === undefined) throw new Error(`nobody leads ${busiest?.name}`);
  return leader;
}
