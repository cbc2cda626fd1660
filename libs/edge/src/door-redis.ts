import { Redis } from 'ioredis';
import type { Logger } from '#runtime';

const CONNECT_TIMEOUT_MS = 3_000;
const COMMAND_TIMEOUT_MS = 1_000;
const START_PATIENCE_MS = 5_000;
const REFUSED_LOGIN = /^(?:WRONGPASS|NOAUTH)|invalid (?:username-)?password/;

/**
 * Connects to the door's Redis. While it is away commands fail at once instead of queueing up: a sender is better served by a
 * quick 503 than by an answer after its own time-out. Reconnecting goes on for ever.
 * @throws the reason of the last failure when Redis stays away for 5 s at start
 */
export async function connectDoorRedis(url: string, logger: Logger): Promise<Redis> {
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
  try {
    await whenReady(redis);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return redis;
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

/** The first tries may fail while Redis is still starting; a refused login is final. */
async function whenReady(redis: Redis): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let lastError = new Error('Redis did not answer in time');
    const timer = setTimeout(() => reject(lastError), START_PATIENCE_MS);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
    redis.on('error', (error) => {
      lastError = error;
      if (!REFUSED_LOGIN.test(error.message)) return;
      clearTimeout(timer);
      reject(error);
    });
    redis.connect().catch(() => undefined);
  });
}
