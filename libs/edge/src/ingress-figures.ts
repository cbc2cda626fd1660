import type { Redis } from 'ioredis';
import type { JournalKeys } from './journal-keys.ts';

/** What waits behind the door, of all instances of the app together. */
export interface IngressFigures {
  /** Events answered 202 that RabbitMQ has not taken yet. */
  readonly spool: { readonly waiting: number; readonly oldestAt: string | null };
  /** Events answered 202 that the gateway has not acknowledged as recorded yet. */
  readonly journal: { readonly entries: number; readonly oldestAt: string | null };
}

/** Reads the figures; one round trip. Rejects while Redis is away. */
export async function ingressFigures(redis: Redis, keys: JournalKeys): Promise<IngressFigures> {
  const [waiting, firstSpooled, entries, firstArrived] = await Promise.all([
    redis.zcard(keys.spooled), redis.zrange(keys.spooled, '0', '0', 'WITHSCORES'), redis.hlen(keys.bodies), redis.zrange(keys.arrived, '0', '0', 'WITHSCORES'),
  ]);
  return { spool: { waiting, oldestAt: momentOf(firstSpooled) }, journal: { entries, oldestAt: momentOf(firstArrived) } };
}

/** Scores are microseconds. */
function momentOf([, score]: readonly string[]): string | null {
  return score === undefined ? null : new Date(Math.floor(Number(score) / 1000)).toISOString();
}
