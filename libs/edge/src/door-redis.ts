import { Redis } from 'ioredis';
import type { Logger } from '#runtime';

const CONNECT_TIMEOUT_MS = 3_000;
const COMMAND_TIMEOUT_MS = 1_000;
const START_PATIENCE_MS = 5_000;

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
  let lastError: Error | null = null;
  redis.on('error', (error) => {
    lastError = error;
    logger.warn({ reason: error.message }, 'Redis is away');
  });
  redis.on('ready', () => logger.info('Redis connected'));
  try {
    await whenReady(redis);
  } catch (error) {
    redis.disconnect();
    throw lastError ?? error;
  }
  return redis;
}

async function whenReady(redis: Redis): Promise<void> {
  const ready = new Promise<void>((resolve) => redis.once('ready', () => resolve()));
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('Redis did not answer in time')), START_PATIENCE_MS);
  });
  // The first try may fail while Redis is still starting; its own retries go on until the patience ends.
  redis.connect().catch(() => undefined);
  try {
    await Promise.race([ready, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
