import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Logger } from '#runtime';

export interface UnfinishedStartsOptions {
  readonly redis: Redis;
  readonly prefix: string;
  readonly logger: Logger;
  /** Names this life of the process; another life after a restart. */
  readonly life?: string;
  /** How long Redis may take for one answer. */
  readonly timeoutMs?: number;
}

const KEPT_SECONDS = 3_600;

/**
 * Remembers which messages were being handled when a process died: the broker only knows that a connection was lost. Before a suspect
 * message is handed out, this life of the process is noted with it; the note is taken away when the handler has answered. Notes that
 * stay are of lives that ended in the middle of it. One life counts once, however often its connection was lost meanwhile.
 *
 * Without Redis nothing is noted and nothing is held against any message: the broker's delivery limit remains.
 */
export class UnfinishedStarts {
  private readonly redis: Redis;
  private readonly prefix: string;
  private readonly logger: Logger;
  private readonly life: string;
  private readonly timeoutMs: number;

  constructor({ redis, prefix, logger, life = randomUUID(), timeoutMs = 1_000 }: UnfinishedStartsOptions) {
    this.redis = redis;
    this.prefix = prefix;
    this.logger = logger;
    this.life = life;
    this.timeoutMs = timeoutMs;
  }

  /** How many other lives of the process never came to an end with this message; 0 when Redis cannot tell. */
  async of(queue: string, messageId: string): Promise<number> {
    const lives = await this.ask((redis) => redis.smembers(this.key(queue, messageId)));
    return lives?.filter((life) => life !== this.life).length ?? 0;
  }

  /** Notes that this life is about to hand the message out. */
  async begin(queue: string, messageId: string): Promise<void> {
    const key = this.key(queue, messageId);
    await this.ask((redis) => redis.multi().sadd(key, this.life).expire(key, KEPT_SECONDS).exec());
  }

  /** The handler has answered, whatever it answered: the message kills nobody. */
  async clear(queue: string, messageId: string): Promise<void> {
    await this.ask((redis) => redis.del(this.key(queue, messageId)));
  }

  /** This life goes on although the message is still in hand; what other lives left behind stays. */
  async survive(queue: string, messageId: string): Promise<void> {
    await this.ask((redis) => redis.srem(this.key(queue, messageId), this.life));
  }

  private key(queue: string, messageId: string): string {
    return `${this.prefix}unfinished-starts:${queue}:${messageId}`;
  }

  private async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T | null> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const patience = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${this.timeoutMs} ms`)), this.timeoutMs);
      });
      return await Promise.race([question(this.redis), patience]);
    } catch (error) {
      this.logger.warn({ reason: (error as Error).message }, 'starts of suspect messages cannot be noted: Redis is away');
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}
