import { Redis } from 'ioredis';
import { until } from '../../local/until.ts';
import type { AcceptedEvents } from './accepted-events.ts';
import type { Stage } from './stage.ts';

const PATIENCE_MS = 45_000;
/** Longer than a door takes over one event: what it had in hand when a holder was emptied may be with the other one only. */
const IN_HAND_MS = 5_000;

/** Milliseconds since 1970 after which what is accepted has both holders again, when one of them was emptied at this moment. */
export function bothHoldersFrom(emptiedAt: number): number {
  return emptiedAt + IN_HAND_MS;
}

/**
 * Resolves once every accepted event that is not in the ledger lies in RabbitMQ and in Redis: one of the two may then lose all its data. `from` is when
 * both had what came in again, after one of them was emptied. @throws saying what is missing when it does not come to that in time.
 */
export async function bothHolders(stage: Stage, events: AcceptedEvents, from: number, signal: AbortSignal): Promise<void> {
  let missing = '';
  await until(async () => {
    missing = await whatIsMissing(stage, events, from);
    return missing === '';
  }, { within: PATIENCE_MS, every: 200, signal }).catch((error: unknown) => { throw new Error(`an accepted event had one holder only: ${missing || String(error)}`, { cause: error }); });
}

async function whatIsMissing(stage: Stage, events: AcceptedEvents, from: number): Promise<string> {
  const away = Object.values(stage.servers).filter((server) => !server.isUp);
  if (away.length > 0) return `${away.map(({ kind }) => kind.name).join(', ')} away`;
  if (Date.now() < from) return 'one was emptied just now';
  const [first, ...more] = await events.notRecorded(from);
  if (first !== undefined) return `${more.length + 1} not in the ledger, such as ${first}`;
  const waiting = await spooled(stage.servers.redis.directUrl);
  return waiting === 0 ? '' : `${waiting} in the spool`;
}

/** How many accepted events wait in Redis for a RabbitMQ that was away: those have one holder only. */
async function spooled(redisUrl: string): Promise<number> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1, connectTimeout: 2_000 });
  redis.on('error', () => undefined);
  try {
    const [jobs, books] = await Promise.all([redis.keys('*:spool:*'), redis.keys('*:spooled:events')]);
    const counts = await Promise.all([...jobs.map((key) => jobsIn(redis, key)), ...books.map((key) => redis.zcard(key))]);
    return counts.reduce((sum, count) => sum + count, 0);
  } finally {
    redis.disconnect();
  }
}

/** The lists and sets in which BullMQ keeps jobs that are not done. */
async function jobsIn(redis: Redis, key: string): Promise<number> {
  const state = key.slice(key.lastIndexOf(':') + 1);
  if (['wait', 'active', 'paused'].includes(state)) return redis.llen(key);
  return ['delayed', 'prioritized'].includes(state) ? redis.zcard(key) : 0;
}
