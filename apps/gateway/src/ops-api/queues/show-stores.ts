import type { AppName } from '#contracts';
import type { EdgeInstanceRow } from '../../ledger/edge-rows.ts';
import { beijingTimeOrNull } from '../beijing-time.ts';
import type { QueueAnswer } from './queue.answer.ts';
import { earliest } from './show-queues.ts';
import type { TimerFigure } from './timer-queues.ts';

const NOTHING_KNOWN = { deadLetters: false, destination: null, inLastMinute: null, outLastMinute: null, ratesFrom: null, growthPerMinute: null } as const;
const ADAPTERS = ['district-adapter', 'centre-adapter'] as const;

/** A queue of timers of the gateway; `figure` is null when Redis does not answer. Each living gateway works on it. */
export function showTimers({ name, purpose }: { readonly name: string; readonly purpose: string }, figure: TimerFigure | null, living: readonly EdgeInstanceRow[]): QueueAnswer {
  const consumersExpected = Math.max(1, living.filter(({ app }) => app === 'gateway').length);
  const known = { ...NOTHING_KNOWN, queue: `bullmq:${name}`, kind: 'bullmq', purpose, app: 'gateway', consumersExpected } as const;
  if (figure === null) return { ...known, exists: null, ready: null, delayed: null, consumersPresent: null, oldestAt: null, oldestFrom: null };
  const { waiting, active, delayed, workers, oldestAt } = figure;
  return {
    ...known, exists: true, ready: waiting + active, delayed, consumersPresent: workers,
    oldestAt: beijingTimeOrNull(oldestAt), oldestFrom: oldestAt === null ? null : 'redis',
  };
}

/** What the adapters keep at their doors, as they report it: the processes of one app share it, so none is counted twice. */
export function showStores(living: readonly EdgeInstanceRow[]): QueueAnswer[] {
  return ADAPTERS.flatMap((app) => {
    const programs = living.filter((program) => program.app === app);
    return [
      showStore(app, 'spool', '入口暂存：已答 202、RabbitMQ 还没有接下的事件', programs.map(({ spool_waiting, spool_oldest_at }) => [spool_waiting, spool_oldest_at])),
      showStore(app, 'journal', '入账确认日志：已答 202、网关还没有确认入账的事件', programs.map(({ journal_entries, journal_oldest_at }) => [journal_entries, journal_oldest_at])),
    ];
  });
}

type Reported = readonly [number | null, Date | null];

function showStore(app: AppName, kind: 'spool' | 'journal', purpose: string, reports: readonly Reported[]): QueueAnswer {
  const depths = reports.flatMap(([depth]) => depth ?? []);
  const oldest = earliest(reports.map(([, at]) => at));
  return {
    ...NOTHING_KNOWN, queue: `${kind}:${app}`, kind, purpose, app, exists: depths.length === 0 ? null : true, ready: depths.length === 0 ? null : Math.max(...depths), delayed: null,
    consumersPresent: reports.length, consumersExpected: Math.max(1, reports.length), oldestAt: beijingTimeOrNull(oldest), oldestFrom: oldest === null ? null : 'adapter',
  };
}
