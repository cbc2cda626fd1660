import { Redis } from 'ioredis';
import { Client } from 'pg';

const PAGE = 200;

/** The text of every row of every table, by table; binary columns as hexadecimal digits. */
export async function databaseText(url: string): Promise<Record<string, string>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`);
    const texts: Record<string, string> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ line: string }>(`select row_to_json(t)::text as line from "${name}" t`);
      texts[name] = rows.map(({ line }) => line).join('\n');
    }
    return texts;
  } finally {
    await client.end();
  }
}

/** Every key of a logical Redis database with its whole content as text. */
export async function redisText(url: string): Promise<Record<string, string>> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  try {
    const texts: Record<string, string> = {};
    for await (const keys of redis.scanStream({ count: PAGE }) as AsyncIterable<string[]>) {
      for (const key of keys) texts[key] = JSON.stringify(await contentOf(redis, key));
    }
    return texts;
  } finally {
    redis.disconnect();
  }
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  switch (type) {
    case 'string': return redis.get(key);
    case 'hash': return redis.hgetall(key);
    case 'list': return redis.lrange(key, 0, -1);
    case 'set': return redis.smembers(key);
    case 'zset': return redis.zrange(key, '0', '-1');
    case 'stream': return redis.xrange(key, '-', '+');
    case 'none': return null;
    default: throw new Error(`${key} is a ${type}`);
  }
}
