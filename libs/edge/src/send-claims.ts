import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';

/** How long it is remembered that a transfer was sent: longer than any copy of its order waits in a process or a queue unmarked. */
const SENT_TTL_MS = 3_600_000;

/** One clock for all instances: Redis's own, in milliseconds. */
const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/**
 * KEYS: the claim. ARGV: the claimer, its time. Returns 1 when it is free, 2 when it is free and was sent before, 0 when it is taken, or rests.
 * A claim that was given back after a sending holds `sent:` and the moment until which it rests.
 */
const TAKE = `
${NOW}
local held = redis.call('GET', KEYS[1])
local rests = held and string.match(held, '^sent:?(%d*)$')
if held and not rests then return 0 end
if rests and (tonumber(rests) or 0) > now then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return held and 2 or 1`;

/** KEYS: the claim. ARGV: the claimer, '1' if it sent, for how long that is remembered, how long the claim rests. Whoever lost the claim changes nothing. */
const GIVE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
${NOW}
if ARGV[2] == '1' then redis.call('SET', KEYS[1], string.format('sent:%.0f', now + ARGV[4]), 'PX', ARGV[3]) else redis.call('DEL', KEYS[1]) end
return 1`;

interface ClaimCommands {
  jiujinTakeClaim(keyCount: 1, key: string, claimer: string, ttlMs: number): Promise<number>;
  jiujinGiveClaim(keyCount: 1, key: string, claimer: string, sent: '0' | '1', ttlMs: number, restMs: number): Promise<number>;
}

/** The right to send one transfer, for a bounded time. */
export interface SendClaim {
  readonly sentBefore: boolean;
  /** On {@link performance.now}'s clock: after this another instance may send. */
  readonly validUntil: number;
  /**
   * @param sent whether the transfer may have reached the endpoint
   * @param restMs how long the endpoint may still be at work on it and cannot say yet whether it has it: nobody gets the claim before
   */
  giveBack(sent: boolean, restMs: number): Promise<void>;
}

/** Keeps all instances together from sending one transfer twice at the same time, for endpoints that could not tell. */
export class SendClaims {
  readonly #redis: Redis & ClaimCommands;
  readonly #prefix: string;

  constructor(redis: Redis, prefix: string) {
    redis.defineCommand('jiujinTakeClaim', { lua: TAKE });
    redis.defineCommand('jiujinGiveClaim', { lua: GIVE });
    this.#redis = redis as Redis & ClaimCommands;
    this.#prefix = prefix;
  }

  /** @returns `null` when another has it, or Redis cannot say so: nothing may be sent now */
  async take(transferId: string, ttlMs: number): Promise<SendClaim | null> {
    const key = `${this.#prefix}sending:${transferId}`;
    const claimer = randomUUID();
    const validUntil = performance.now() + ttlMs;
    const answer = await this.#redis.jiujinTakeClaim(1, key, claimer, ttlMs).catch(() => 0);
    if (answer === 0) return null;
    return {
      sentBefore: answer === 2,
      validUntil,
      // A claim that cannot be given back ends by itself.
      giveBack: async (sent, restMs) => void await this.#redis.jiujinGiveClaim(1, key, claimer, sent ? '1' : '0', SENT_TTL_MS, Math.ceil(restMs)).catch(() => 0),
    };
  }
}
