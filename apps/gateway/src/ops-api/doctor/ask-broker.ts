import type { BrokerNodeAnswer } from './doctor.answer.ts';

const ANSWER_MS = 3_000;

interface Node {
  readonly name?: unknown;
  readonly running?: unknown;
  readonly disk_free?: unknown;
  readonly disk_free_limit?: unknown;
  readonly disk_free_alarm?: unknown;
  readonly mem_used?: unknown;
  readonly mem_limit?: unknown;
  readonly mem_alarm?: unknown;
}

/** What RabbitMQ's management interface says of its nodes. @throws when it cannot be asked; the error holds no password */
export async function askBrokerNodes(managementUrl: string): Promise<BrokerNodeAnswer[]> {
  const url = new URL(managementUrl);
  const credentials = Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64');
  const answer = await fetch(new URL('/api/nodes', `${url.protocol}//${url.host}`), { headers: { authorization: `Basic ${credentials}` }, redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS) });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const nodes: unknown = await answer.json();
  if (!Array.isArray(nodes)) throw new Error('no list of nodes');
  return (nodes as Node[]).slice(0, 100).map((node) => ({
    node: String(node.name).slice(0, 100), running: node.running === true,
    diskFreeBytes: numberOrNull(node.disk_free), diskLimitBytes: numberOrNull(node.disk_free_limit), diskAlarm: node.disk_free_alarm === true,
    memoryUsedBytes: numberOrNull(node.mem_used), memoryLimitBytes: numberOrNull(node.mem_limit), memoryAlarm: node.mem_alarm === true,
  }));
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Math.round(value) : null;
}
