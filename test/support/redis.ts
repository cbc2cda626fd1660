import { afterAll, beforeAll } from '@jest/globals';
import { Redis } from 'ioredis';
import { serverUrl, uniqueName } from './environment.ts';

const CLAIM_SECONDS = 3_600;
const DATABASES = 256;

export interface TestRedis {
  /** redis:// address with a logical database of its own, empty at first. */
  readonly url: string;
  /** A key prefix of its own as well, for code that takes one. */
  readonly prefix: string;
}

/** A logical Redis database for the calling test file (or describe block) alone, emptied before its tests and after them. */
export function withRedis(): TestRedis {
  const prefix = `${uniqueName()}:`;
  let database: number | null = null;
  const url = (): string => {
    if (database === null) throw new Error('the Redis database is there once beforeAll has run: read url inside a hook or a test');
    return urlOf(database);
  };
  beforeAll(async () => {
    database = await claim();
    await using(url(), (redis) => redis.flushdb());
  });
  afterAll(async () => {
    if (database === null) return;
    await using(url(), (redis) => redis.flushdb());
    await using(urlOf(0), (redis) => redis.del(claimKey(database ?? 0)));
  });
  return { prefix, get url() { return url(); } };
}

/** Test files run side by side, so each notes in database 0 which one it took. */
function claim(): Promise<number> {
  return using(urlOf(0), async (redis) => {
    for (let database = 1; database < DATABASES; database += 1) {
      if ((await redis.set(claimKey(database), process.pid, 'EX', CLAIM_SECONDS, 'NX')) === 'OK') return database;
    }
    throw new Error('every logical Redis database is taken');
  });
}

async function using<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, connectTimeout: 30_000 });
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

function urlOf(database: number): string {
  const url = serverUrl('REDIS_URL');
  url.pathname = `/${database}`;
  return url.href;
}

function claimKey(database: number): string {
  return `test-database:${database}`;
}
