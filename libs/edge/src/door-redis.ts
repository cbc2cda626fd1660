import { Redis } from 'ioredis';
import { RedisNotDurableError, requireDurableRedis, type Logger } from '#runtime';

const CONNECT_TIMEOUT_MS = 3_000;
const COMMAND_TIMEOUT_MS = 1_000;
/** A program waits so long for Redis at its start, and then goes on: its door says 503 until Redis is there. */
const START_PATIENCE_MS = 2_000;
const REFUSED_LOGIN = /^(?:WRONGPASS|NOAUTH)|invalid (?:username-)?password/;

/** The door's Redis, and whether it can be one. */
export class DoorRedis {
  readonly redis: Redis;
  /** Resolves when Redis turns out, after the start, to be one on which this program must not work, or which does not let it in. Else it never does. */
  readonly hopeless: Promise<Error>;

  constructor(redis: Redis, checked: Promise<void>) {
    this.redis = redis;
    this.hopeless = new Promise((resolve) => { checked.catch(resolve); });
  }
}

/**
 * Connects to the door's Redis. While it is away commands fail at once instead of queueing up: a sender is better served by a
 * quick 503 than by an answer after its own time-out. Reconnecting goes on for ever, also when Redis is away at the start.
 * @throws when Redis refuses the login, and in production RedisNotDurableError: what is answered 202 while RabbitMQ is away is in Redis alone
 */
export async function openDoorRedis(url: string, logger: Logger): Promise<DoorRedis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Requests that are judged in the same turn of the event loop share one write to the socket.
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (failures) => Math.random() * Math.min(5_000, 100 * 2 ** Math.min(failures, 6)),
  });
  reportState(redis, logger);
  const checked = firstCheck(redis, logger);
  redis.connect().catch(() => undefined);
  try {
    await atMost(START_PATIENCE_MS, checked);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return new DoorRedis(redis, checked);
}

/** One line when it goes and one when it comes back, however often it is tried in between. */
function reportState(redis: Redis, logger: Logger): void {
  let away = false;
  redis.on('error', ({ message }) => {
    logger[away ? 'debug' : 'warn']({ reason: message }, 'Redis is away');
    away = true;
  });
  redis.on('ready', () => {
    away = false;
    logger.info('Redis connected');
  });
}

/** Resolves when Redis was there and could vouch for what it is given; rejects when it never will. A Redis that goes away before is asked when it is back. */
function firstCheck(redis: Redis, logger: Logger): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      redis.off('ready', check).off('error', refuse);
      if (error) reject(error);
      else resolve();
    };
    const check = (): void => {
      requireDurableRedis(redis, logger).then(() => settle(), (error: unknown) => {
        if (error instanceof RedisNotDurableError) settle(error);
      });
    };
    const refuse = (error: Error): void => {
      if (REFUSED_LOGIN.test(error.message)) settle(error);
    };
    redis.on('ready', check).on('error', refuse);
  });
}

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => { timer = setTimeout(resolve, ms); });
  await Promise.race([work, patience]).finally(() => clearTimeout(timer));
}
