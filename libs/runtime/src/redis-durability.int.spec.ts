import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { withRedis } from '../../../test/support/index.ts';
import { createLogger } from './logger.ts';
import { redisDurability, RedisNotDurableError, requireDurableRedis } from './redis-durability.ts';

let redis: Redis;
afterAll(() => redis.disconnect());
const server = withRedis();
beforeAll(() => { redis = new Redis(server.url); });

const logger = createLogger('gateway', { level: 'silent' });

/** Says something else than the server in one answer of `INFO`: the server itself is shared with other suites. */
function lying(field: string, value: string): Redis {
  return { info: async (section: string) => (await redis.info(section)).replace(new RegExp(`^${field}:.*$`, 'm'), `${field}:${value}`) } as unknown as Redis;
}

describe('the check of Redis', () => {
  it('finds a Redis with its log on and noeviction durable', async () => {
    expect(await redisDurability(redis)).toEqual({ durable: true, problem: null });
    await expect(requireDurableRedis(redis, logger, 'production')).resolves.toBeUndefined();
  });

  it('stops a start in production and only warns elsewhere', async () => {
    const forgetful = lying('aof_enabled', '0');
    expect(await redisDurability(forgetful)).toEqual({ durable: false, problem: expect.stringContaining('appendonly yes') });
    await expect(requireDurableRedis(forgetful, logger, 'production')).rejects.toThrow(RedisNotDurableError);
    await expect(requireDurableRedis(forgetful, logger, 'development')).resolves.toBeUndefined();
    await expect(requireDurableRedis(lying('maxmemory_policy', 'allkeys-lru'), logger, 'production')).rejects.toThrow(/noeviction/);
  });

  it('rejects while Redis is away, instead of calling it unsafe', async () => {
    const away = new Redis('redis://127.0.0.1:1', { lazyConnect: true, enableOfflineQueue: false, retryStrategy: () => null });
    away.on('error', () => undefined);
    await expect(redisDurability(away)).rejects.toThrow();
    away.disconnect();
  });
});
