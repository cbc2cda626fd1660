import { APPS } from '#contracts';
import type { AppName } from '#contracts';
import type { EdgeInstanceRow } from '../ledger/edge-rows.ts';
import { clock, msBetween } from './condition.ts';
import type { Condition, Finding, Untold } from './condition.ts';
import { livingAfter } from './living-programs.ts';
import type { WatchFacts } from './watch-facts.ts';
import type { WatchLimits } from './watch-limits.ts';

interface StoreQuestion {
  /** Whether a program can say how it is; figures are null while its Redis does not answer. */
  readonly knows: (program: EdgeInstanceRow) => boolean;
  readonly find: (app: AppName, knowing: readonly EdgeInstanceRow[]) => Finding | null;
}

/**
 * One finding for each app at most: the programs of one app share their Redis, so any of them that lives and knows speaks for all.
 * When none does, because they died, the broker that carries their reports is away or their Redis does not answer, what they said
 * last may still hold: accepted events stay where they are. Nothing is told then, for as long as the ledger remembers the app.
 */
function byApp({ programs, now }: WatchFacts, { silentMs }: WatchLimits, { knows, find }: StoreQuestion): (Finding | Untold)[] {
  const since = new Date(now.getTime() - silentMs);
  return APPS.flatMap((app): (Finding | Untold)[] => {
    const known = programs.filter((program) => program.app === app);
    const knowing = livingAfter(known, since).filter(knows);
    if (knowing.length === 0 && known.length > 0) return [{ subject: app, untold: true }];
    const found = find(app, knowing);
    return found === null ? [] : [found];
  });
}

function oldestOf(moments: readonly (Date | null)[]): Date | null {
  return moments.reduce((oldest, moment) => (moment !== null && (oldest === null || moment < oldest) ? moment : oldest), null);
}

/** Accepted events that RabbitMQ has not taken for a while (入口暂存积压). It stands until the spool is empty. */
export const spoolBacklog: Condition = {
  zh: '入口暂存积压',
  en: 'The spool does not empty',
  find: (facts, limits) => byApp(facts, limits, { knows: ({ spool_waiting }) => spool_waiting !== null, find: (app, knowing) => {
    const waiting = Math.max(0, ...knowing.map(({ spool_waiting }) => spool_waiting ?? 0));
    const oldest = oldestOf(knowing.map(({ spool_oldest_at }) => spool_oldest_at));
    if (waiting === 0 || oldest === null) return null;
    return {
      subject: app, opens: msBetween(oldest, facts.now) >= limits.spoolMs,
      zh: `${app} 的入口暂存中有已答 202 的事件等着发往 RabbitMQ，最早的到于 ${clock(oldest)}。请看 RabbitMQ 是否可用、网关队列是否已满（/api/queues）；恢复后自动按顺序发出。期间不可清空 Redis。`,
      en: `Events answered 202 wait in the spool of ${app} for RabbitMQ, the oldest since ${clock(oldest)}. See whether RabbitMQ takes messages and whether the gateway's queues are full (/api/queues); then they go on in order. Do not empty Redis meanwhile.`,
      facts: { app, waiting, oldestAt: oldest.toISOString() },
    };
  } }),
};

/** Accepted events that the gateway has not acknowledged for long (入账确认积压). It stands until the oldest is less than half as old. */
export const journalOld: Condition = {
  zh: '入账确认积压',
  en: 'Accepted events are not acknowledged',
  find: (facts, limits) => byApp(facts, limits, { knows: ({ journal_entries }) => journal_entries !== null, find: (app, knowing) => {
    const entries = Math.max(0, ...knowing.map(({ journal_entries }) => journal_entries ?? 0));
    const oldest = oldestOf(knowing.map(({ journal_oldest_at }) => journal_oldest_at));
    if (entries === 0 || oldest === null || msBetween(oldest, facts.now) < limits.journalMs / 2) return null;
    return {
      subject: app, opens: msBetween(oldest, facts.now) >= limits.journalMs,
      zh: `${app} 有已答 202 的事件迟迟没有得到网关的入账确认，最早的到于 ${clock(oldest)}；系统会自动再发，网关去重。请看网关是否在运行、gateway.intake 和 gateway.outcomes 是否堆积、有没有死信。`,
      en: `The gateway has not acknowledged events that ${app} answered 202, the oldest since ${clock(oldest)}; they are published again by themselves, and the gateway drops the copies. See whether the gateway runs, how long gateway.intake and gateway.outcomes are, and whether there are dead letters.`,
      facts: { app, entries, oldestAt: oldest.toISOString() },
    };
  } }),
};

function hasAskedRedis({ redis_durable, redis_problem }: EdgeInstanceRow): boolean {
  return redis_durable !== null || redis_problem !== null;
}

/** Redis that may forget what it is given, at once; one that cannot be asked, when it stays so: a restart is no alert (Redis 不可靠). */
export const redisUnsafe: Condition = {
  zh: 'Redis 不可靠',
  en: 'Redis is not safe',
  find: (facts, limits) => byApp(facts, limits, { knows: hasAskedRedis, find: (app, knowing) => {
    const [worst] = knowing.filter(({ redis_durable, redis_problem }) => redis_durable !== true && redis_problem !== null)
      .toSorted((one, other) => Number(one.redis_durable ?? 1) - Number(other.redis_durable ?? 1));
    if (worst === undefined) return null;
    const { redis_durable: durable, redis_problem: problem, redis_trouble_since: since } = worst;
    return {
      subject: app, opens: durable === false || (since !== null && msBetween(since, facts.now) >= limits.silentMs),
      zh: `${app} 的 Redis 有问题：${problem ?? '不明'}。自 ${clock(since ?? facts.now)} 起。不可靠时 Redis 重启会丢失暂存；连不上时入口答 503、重试由巡检代为启动。请改正 Redis 配置或恢复 Redis，程序不用重启。`,
      en: `Redis of ${app} is not in order since ${clock(since ?? facts.now)}: ${problem ?? 'unknown'} Unsafe, it would forget the spool at a restart; away, the doors answer 503 and the sweep starts retries. Mend its settings or bring it back; no program needs a restart.`,
      facts: { app, durable, problem },
    };
  } }),
};
