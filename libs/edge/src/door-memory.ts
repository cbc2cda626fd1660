import type { Redis } from 'ioredis';
import { DoorError } from './door-error.ts';

/** How long a nonce is remembered: twice the clock tolerance, so that no signature outlives its nonce. */
const NONCE_TTL_MS = 10 * 60_000;
/** How long the door knows which body an event id belongs to. */
const EVENT_TTL_MS = 24 * 3_600_000;
const RETRY_AFTER_MS = 5_000;

/**
 * One round trip: claims the nonce, then binds each event id to its digest unless it is bound already.
 * KEYS: the nonce, then the events. ARGV: nonce ttl, event ttl, then the events' digests.
 * Returns false for a nonce seen before, else the 1-based positions of the events bound to another digest.
 */
const REMEMBER = `
if not redis.call('SET', KEYS[1], '1', 'PX', ARGV[1], 'NX') then return false end
local reused = {}
for i = 2, #KEYS do
  local digest = ARGV[i + 1]
  local bound = redis.call('GET', KEYS[i])
  if not bound then redis.call('SET', KEYS[i], digest, 'PX', ARGV[2])
  elseif bound ~= digest then reused[#reused + 1] = i - 1 end
end
return reused`;

/** What identifies an event (`source` + `id`) and the digest of what it says. */
export interface EventIdentity {
  readonly source: string;
  readonly id: string;
  readonly digest: string;
}

interface RememberCommand {
  jiujinRemember(keyCount: number, ...args: (string | number)[]): Promise<number[] | null>;
}

/**
 * The door's short memory in Redis: nonces for 10 minutes, event ids for 24 hours.
 * An id belongs to the first well-formed body that came with it, even if the broker then was away: it may have been taken after all.
 */
export class DoorMemory {
  readonly #redis: Redis & RememberCommand;
  readonly #prefix: string;

  constructor(redis: Redis, prefix: string) {
    redis.defineCommand('jiujinRemember', { lua: REMEMBER });
    this.#redis = redis as Redis & RememberCommand;
    this.#prefix = prefix;
  }

  /**
   * Claims the nonce and binds the events. Returns, per event, whether its id belongs to another body.
   * Throws `nonce-replayed`, or `store-unavailable` when Redis does not answer in time.
   */
  async remember(appKey: string, nonce: string, events: readonly EventIdentity[]): Promise<boolean[]> {
    const keys = [`${this.#prefix}nonce:${appKey}:${nonce}`, ...events.map(({ source, id }) => `${this.#prefix}event:${source}:${id}`)];
    const reused = await this.#run(keys, events.map(({ digest }) => digest));
    if (reused === null) throw new DoorError('nonce-replayed');
    const positions = new Set(reused);
    return events.map((_, index) => positions.has(index + 1));
  }

  async #run(keys: string[], digests: string[]): Promise<number[] | null> {
    try {
      return await this.#redis.jiujinRemember(keys.length, ...keys, NONCE_TTL_MS, EVENT_TTL_MS, ...digests);
    } catch {
      throw new DoorError('store-unavailable', { retryAfterMs: RETRY_AFTER_MS });
    }
  }
}
