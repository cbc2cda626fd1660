import type { Redis } from 'ioredis';
import type { EdgeStatus } from '#contracts';
import { redisDurability, type RedisDurability } from '#runtime';
import { ingressFigures } from './ingress-figures.ts';
import type { JournalKeys } from './journal-keys.ts';

/** What else than its circuits an adapter says of itself. */
export type EdgeFigures = Pick<EdgeStatus, 'spool' | 'journal' | 'redisDurable' | 'redisProblem'>;

const REDIS_AWAY: EdgeFigures = { spool: null, journal: null, redisDurable: null, redisProblem: 'Redis 连不上，无法得知暂存和日志里有多少事件' };
/** Redis is seldom set otherwise while it runs. */
const CHECK_REDIS_EVERY_MS = 60_000;

/** Asks Redis what waits behind the door, and now and then whether it keeps it. While it is away, that is what the figures say. */
export function figuresOf(redis: Redis, keys: JournalKeys): () => Promise<EdgeFigures> {
  let checked: RedisDurability | null = null;
  let checkAfter = -Infinity;
  return async () => {
    try {
      const figures = await ingressFigures(redis, keys);
      if (checked === null || performance.now() >= checkAfter) {
        checked = await redisDurability(redis);
        checkAfter = performance.now() + CHECK_REDIS_EVERY_MS;
      }
      return { ...figures, redisDurable: checked.durable, redisProblem: checked.problem };
    } catch {
      checked = null;
      return REDIS_AWAY;
    }
  };
}
