import { Redis } from 'ioredis';
import { until } from '../../local/until.ts';
import type { AcceptedEvents } from './accepted-events.ts';
import type { Stage } from './stage.ts';

const PATIENCE_MS = 30_000;
/** What was accepted in this time may still be on its way to the ledger though all is well. */
const ON_ITS_WAY_MS = 1_500;

/**
 * Resolves once what has been accepted is either in the ledger or, for a moment only, with both RabbitMQ and Redis: one of the two may then lose all
 * its data. Gives `false` when it does not come to that in time.
 */
export async function bothHolders(stage: Stage, events: AcceptedEvents, signal: AbortSignal): Promise<boolean> {
  return until(async () => {
    const allUp = Object.values(stage.servers).every((server) => server.isUp);
    if (!allUp || !(await events.areRecorded(Date.now() - ON_ITS_WAY_MS))) return false;
    return (await spooled(stage.servers.redis.directUrl)) === 0;
  }, { within: PATIENCE_MS, every: 200, signal }).catch(() => false);
}

/** How many accepted events wait in Redis for a RabbitMQ that was away: those have one holder only. */
async function spooled(redisUrl: string): Promise<number> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1, connectTimeout: 2_000 });
  redis.on('error', () => undefined);
  try {
    const keys = [...await redis.keys('*:spool:*'), ...await redis.keys('*:spooled:events')];
    const counts = await Promise.all(keys.map(async (key) => countOf(redis, key)));
    return counts.reduce((sum, count) => sum + count, 0);
  } finally {
    redis.disconnect();
  }
}

/** The books of what waits, and the lists and sets in which BullMQ keeps jobs that are not done. */
async function countOf(redis: Redis, key: string): Promise<number> {
  const state = key.slice(key.lastIndexOf(':') + 1);
  if (['wait', 'active', 'paused'].includes(state)) return redis.llen(key);
  return ['delayed', 'prioritized', 'events'].includes(state) ? redis.zcard(key) : 0;
}
