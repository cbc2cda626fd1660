import { Redis } from 'ioredis';
import pg from 'pg';
import type { ContestantName, Ground } from './contestant.ts';

/** The error code of failed transfers that were made on purpose: no round has to wait for them. */
export const MADE_FAILURE = 'http-422';

const ANSWER_MS = 30_000;
const VHOSTS = 'bench-';

/** Gives a contestant a clean vhost, database and Redis database (of this number) on the servers named in `env`. */
export async function prepareGround(env: Readonly<Record<string, string>>, name: ContestantName | 'ledger', redisNumber: number): Promise<Ground> {
  // A name of its own each time: quorum queues of a vhost that has just been deleted linger, and get in the way of new ones of the same name.
  const vhost = `${VHOSTS}${name}-${Date.now().toString(36)}`;
  await ask(env, 'PUT', `vhosts/${vhost}`, {});
  const rabbitmq = changed(env['RABBITMQ_URL'], vhost);
  await ask(env, 'PUT', `permissions/${vhost}/${decodeURIComponent(new URL(rabbitmq).username)}`, { configure: '.*', write: '.*', read: '.*' });
  const database = `bench_${name}`;
  await dropDatabase(env, database);
  await statement(env, `create database ${database}`);
  const redis = changed(env['REDIS_URL'], String(redisNumber));
  await flush(redis);
  return { rabbitmq, redis, database: changed(env['DATABASE_URL'], database) };
}

/** Deletes what earlier grounds, also of a run that was killed, left in the broker. */
export async function clearBroker(env: Readonly<Record<string, string>>): Promise<void> {
  const vhosts = (await ask(env, 'GET', 'vhosts?columns=name')) as { name: string }[];
  for (const { name } of vhosts) if (name.startsWith(VHOSTS)) await ask(env, 'DELETE', `vhosts/${name}`);
}

/** Gives back the room that a database took; does nothing when there is none of this name. */
export function dropDatabase(env: Readonly<Record<string, string>>, name: string): Promise<void> {
  return statement(env, `drop database if exists ${name} with (force)`);
}

/** One value from a database: what a contestant is asked at rest. */
export async function ask1(database: string, text: string): Promise<number> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    const { rows } = await client.query<{ value: string }>(text);
    return Number(rows[0]?.value ?? 0);
  } finally {
    await client.end();
  }
}

/** Messages in all queues of a vhost, ready and handed out, as the broker counts them. */
export async function messagesIn(env: Readonly<Record<string, string>>, rabbitmq: string): Promise<number> {
  const queues = (await ask(env, 'GET', `queues/${new URL(rabbitmq).pathname.slice(1)}?columns=messages`)) as { messages?: number }[];
  return queues.reduce((sum, { messages = 0 }) => sum + messages, 0);
}

function changed(url: string | undefined, path: string): string {
  const parsed = new URL(url ?? '');
  parsed.pathname = `/${path}`;
  return parsed.href;
}

async function ask(env: Readonly<Record<string, string>>, method: string, path: string, body?: object): Promise<unknown> {
  const base = new URL(env['RABBITMQ_MANAGEMENT_URL'] ?? '');
  const credentials = Buffer.from(`${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`).toString('base64');
  const answer = await fetch(`${base.protocol}//${base.host}/api/${path}`, {
    method, headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' }, signal: AbortSignal.timeout(ANSWER_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`RabbitMQ management: ${method} ${path} answered ${answer.status}`);
  return text === '' ? null : JSON.parse(text);
}

async function statement(env: Readonly<Record<string, string>>, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: env['DATABASE_URL'] });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function flush(url: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  try {
    await redis.flushdb();
  } finally {
    redis.disconnect();
  }
}
