import { afterAll, beforeAll } from '@jest/globals';
import { serverUrl, uniqueName } from './environment.ts';

const ANSWER_MS = 30_000;

export interface Vhost {
  readonly name: string;
  /** amqp:// address of this vhost. */
  readonly url: string;
  /** Asks RabbitMQ's management API; `path` comes after `/api/`, for example `queues/${encodeURIComponent(vhost.name)}`. */
  api<T>(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object): Promise<T>;
}

/** A RabbitMQ vhost for the calling test file (or describe block) alone, made before its tests and dropped after them. */
export function withVhost(): Vhost {
  const name = uniqueName();
  const own = `vhosts/${name}`;
  beforeAll(async () => {
    await askManagement('PUT', own, {});
    await askManagement('PUT', `permissions/${name}/${decodeURIComponent(serverUrl('RABBITMQ_MANAGEMENT_URL').username)}`, { configure: '.*', write: '.*', read: '.*' });
  });
  afterAll(async () => {
    await askManagement('DELETE', own);
  });
  return {
    name,
    get url() {
      const url = serverUrl('RABBITMQ_URL');
      url.pathname = `/${name}`;
      return url.href;
    },
    api: askManagement,
  };
}

async function askManagement<T>(method: string, path: string, body?: object): Promise<T> {
  const base = serverUrl('RABBITMQ_MANAGEMENT_URL');
  const credentials = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
  const answer = await fetch(`${base.protocol}//${base.host}/api/${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(ANSWER_MS),
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`RabbitMQ management: ${method} ${path} answered ${answer.status}: ${text.slice(0, 200)}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
