import type { Redis } from 'ioredis';
import type { Logger } from 'pino';

/** Whether what is written to a Redis is still there after a restart, and under memory pressure. */
export interface RedisDurability {
  readonly durable: boolean;
  /** What to set, for an operator; `null` when nothing is wrong. */
  readonly problem: string | null;
}

/** A Redis that may forget what it was given. In production no program starts on it. */
export class RedisNotDurableError extends Error {
  override readonly name = 'RedisNotDurableError';
  /** The same in Chinese, for the operator. */
  readonly zh: string;

  constructor(problems: readonly RedisProblem[]) {
    super(`Redis may lose what it was given: ${problems.map(({ en }) => en).join('; ')}`);
    this.zh = inChinese(problems);
  }
}

interface RedisProblem {
  readonly zh: string;
  readonly en: string;
}

/**
 * Asks Redis itself (`INFO`, which a managed Redis allows too). A Redis without its log (AOF) forgets what waits in it at a restart; one that
 * evicts throws it away when memory is short; one that cannot write its log has a full or broken disk. @throws what the client throws when Redis is away
 */
export async function redisDurability(redis: Redis): Promise<RedisDurability> {
  const problems = await problemsOf(redis);
  return { durable: problems.length === 0, problem: problems.length === 0 ? null : inChinese(problems) };
}

/** The check at start. @throws RedisNotDurableError in production; otherwise it is a warning */
export async function requireDurableRedis(redis: Redis, logger: Logger, environment = process.env['NODE_ENV']): Promise<void> {
  const problems = await problemsOf(redis);
  if (problems.length === 0) return;
  const error = new RedisNotDurableError(problems);
  if (environment === 'production') throw error;
  logger.warn({ event: 'redis-not-durable' }, `${error.zh} / ${error.message}`);
}

async function problemsOf(redis: Redis): Promise<RedisProblem[]> {
  const [persistence, memory] = await Promise.all([redis.info('persistence'), redis.info('memory')]);
  return judgeRedis(`${persistence}\n${memory}`);
}

/** What is wrong, by the text of `INFO persistence` and `INFO memory`. A field that is missing (another server that speaks the protocol) counts as wrong: nobody vouches for it. */
export function judgeRedis(info: string): RedisProblem[] {
  const facts = new Map(info.split(/\r?\n/).map((line): [string, string] => {
    const at = line.indexOf(':');
    return [line.slice(0, at), line.slice(at + 1).trim()];
  }));
  const problems: RedisProblem[] = [];
  if (facts.get('aof_enabled') !== '1') {
    problems.push({ zh: 'Redis 没有开启 AOF，重启会丢数据：设 appendonly yes（CONFIG SET appendonly yes，并写入 redis.conf）', en: 'appendonly is off: set "appendonly yes"' });
  } else if (facts.get('aof_last_write_status') === 'err') {
    problems.push({ zh: 'Redis 写不了 AOF 文件：检查磁盘空间和权限', en: 'the append-only file cannot be written: look at the disk' });
  }
  const policy = facts.get('maxmemory_policy') ?? 'unknown';
  if (policy !== 'noeviction') {
    problems.push({ zh: `Redis 内存不足时会丢弃数据（maxmemory-policy 为 ${policy}）：设 maxmemory-policy noeviction`, en: `maxmemory-policy is ${policy}: set "maxmemory-policy noeviction"` });
  }
  return problems;
}

function inChinese(problems: readonly RedisProblem[]): string {
  return problems.map(({ zh }) => zh).join('；');
}
