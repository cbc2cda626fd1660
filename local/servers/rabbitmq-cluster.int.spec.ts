import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../until.ts';
import { isListenedTo, listensOnLoopbackOnly } from './listening.fixture.ts';
import { CHECKOUT } from './profile.ts';
import { RabbitCluster } from './rabbitmq-cluster.ts';

const portOf = (url: string): number => Number(new URL(url).port);
const folderOf = (pid: number): string => join(CHECKOUT, '.jiujin', `cluster-${pid}`);

/** The cluster of a process that is killed as soon as it stands. */
async function abandonedCluster(): Promise<{ pid: number; url: string }> {
  const holder = spawn(process.execPath, [join(import.meta.dirname, 'hold-cluster.fixture.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    holder.stdout.once('data', (chunk: Buffer) => { resolve(chunk.toString().trim()); });
    holder.once('exit', (code) => { reject(new Error(`the holder ended with ${code}`)); });
  });
  const gone = new Promise((resolve) => holder.once('exit', resolve));
  holder.kill('SIGKILL');
  await gone;
  return { pid: holder.pid ?? 0, url };
}

describe('a cluster of private nodes', () => {
  let cluster: RabbitCluster | null = null;
  afterEach(() => cluster?.release());

  it('ends what a killed process left of its own, and leaves nothing itself', async () => {
    const abandoned = await abandonedCluster();
    expect(isListenedTo(portOf(abandoned.url))).toBe(true);

    cluster = await RabbitCluster.start(1);
    await until(() => !isListenedTo(portOf(abandoned.url)), { within: 20_000, what: 'the port of the abandoned node free' });
    expect(existsSync(folderOf(abandoned.pid))).toBe(false);

    const ports = cluster.nodes.flatMap(({ amqpUrl, managementUrl }) => [portOf(amqpUrl), portOf(managementUrl)]);
    expect(ports.filter((port) => !listensOnLoopbackOnly(port))).toEqual([]);
    await cluster.release();
    await until(() => !ports.some(isListenedTo), { within: 20_000, what: 'the ports free' });
    expect(existsSync(folderOf(process.pid))).toBe(false);
  }, 180_000);

  it('keeps a node\'s ports and data from its death to its return', async () => {
    cluster = await RabbitCluster.start(1);
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error('one node was asked for');
    await cluster.kill(node);
    await until(() => !isListenedTo(portOf(node.amqpUrl)), { within: 20_000, what: 'the port of a dead node free' });
    await cluster.restart(node);
    expect(await cluster.ask<{ name: string }[]>('nodes')).toMatchObject([{ name: node.name, running: true }]);
  }, 180_000);
});
