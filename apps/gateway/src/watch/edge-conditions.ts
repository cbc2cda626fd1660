import { APPS } from '#contracts';
import type { AppName, Destination } from '#contracts';
import type { CircuitRow, EdgeInstanceRow } from '../ledger/edge-rows.ts';
import { partyZh } from '../ops-api/words.ts';
import { clock, msBetween } from './condition.ts';
import type { Condition, Finding, Untold } from './condition.ts';
import { lastWords, livingAfter, lostPrograms } from './living-programs.ts';
import type { WatchFacts } from './watch-facts.ts';
import type { WatchLimits } from './watch-limits.ts';

/** Programs whose last report is young enough to say how things are. */
export function living({ programs, now }: WatchFacts, { silentMs }: WatchLimits): EdgeInstanceRow[] {
  return livingAfter(programs, new Date(now.getTime() - silentMs));
}

/** Whether silence proves nothing: the adapters report by the broker, so it must stand, and this gateway must have watched for as long as a silence. */
export function deaf({ brokerAwaySince, watchingSince, now }: WatchFacts, { silentMs }: WatchLimits): boolean {
  return brokerAwaySince !== null || msBetween(watchingSince, now) < silentMs;
}

/**
 * An endpoint that is down (端点熔断): one alert for a destination, however many programs see it. It stands until every circuit is closed
 * again. What a program said before it fell silent opens nothing (that it is silent is an alert of its own), but it closes nothing either:
 * nobody has said that the endpoint answers again. A half-open circuit has its probe answered and waits for an order to try; when none comes
 * for a while and none is held, nothing is kept from the endpoint, and there is nothing that a person could do.
 */
export const circuitOpen: Condition = {
  zh: '端点熔断',
  en: 'An endpoint is down',
  find: (facts, limits) => {
    const alive = living(facts, limits);
    const troubled = facts.circuits.filter((circuit) => circuit.troubled_since !== null && !waitsForWork(circuit, facts.now));
    const known = Map.groupBy(circuitsOf(alive, troubled), ({ destination }) => destination);
    const untold = circuitsOf(lastWords(facts.programs, alive, deaf(facts, limits)), troubled)
      .filter(({ destination }) => !known.has(destination)).map(({ destination }): Untold => ({ subject: destination, untold: true }));
    return [...[...known].map(([destination, circuits]) => circuitFinding(destination, circuits, facts.now, limits)), ...untold];
  },
};

/** How long (ms) a half-open circuit waits for an order before that is no trouble any more: a trial, or the order that follows, comes sooner. */
const IDLE_MS = 5 * 60_000;

function waitsForWork({ state, held, since }: CircuitRow, now: Date): boolean {
  return state === 'half-open' && held === 0 && msBetween(since, now) >= IDLE_MS;
}

function circuitsOf(programs: readonly EdgeInstanceRow[], circuits: readonly CircuitRow[]): CircuitRow[] {
  return circuits.filter(({ app, instance }) => programs.some((program) => program.app === app && program.instance === instance));
}

function circuitFinding(destination: Destination, circuits: readonly CircuitRow[], now: Date, { circuitMs }: WatchLimits): Finding {
  const since = circuits.reduce((earliest, { troubled_since }) => (troubled_since !== null && troubled_since < earliest ? troubled_since : earliest), now);
  const shut = circuits.some(({ state }) => state === 'open' || state === 'half-open');
  const reasons = [...new Set(circuits.flatMap(({ reason }) => reason ?? []))].toSorted();
  return {
    subject: destination, opens: shut && msBetween(since, now) >= circuitMs, ...(shut ? downText(destination, since, reasons) : recoveringText(destination, since)),
    facts: { destination, since: since.toISOString(), reasons, instances: circuits.map(({ instance }) => instance).toSorted() },
  };
}

function downText(destination: Destination, since: Date, reasons: readonly string[]): { zh: string; en: string } {
  return {
    zh: `${partyZh(destination)}的接口自 ${clock(since)} 起不通（${reasons.join('、') || '原因未知'}），已停止向其投递，系统定时探测。请联系对方；恢复后自动慢启动，排队的逐步送达，不用操作。`,
    en: `The endpoint of ${destination} has been down since ${clock(since)} (${reasons.join(', ') || 'reason unknown'}); deliveries to it have stopped and it is probed. Call the other side; once it answers, what waits is delivered by itself.`,
  };
}

function recoveringText(destination: Destination, since: Date): { zh: string; en: string } {
  return {
    zh: `${partyZh(destination)}的接口自 ${clock(since)} 起不通，现已恢复应答，正在慢启动，排队的逐步送达。不用操作；稳定后自动关闭。`,
    en: `The endpoint of ${destination} was down from ${clock(since)} and answers again; deliveries grow step by step. Nothing is to be done; the alert closes once that holds.`,
  };
}

/**
 * A program that is not heard any more (程序失联). Silence is measured only while reports could come in: since this gateway watches and
 * the broker stands. An app without a single living program is one alert, not one for each; one that is just being restarted is none.
 * Where it is set how many programs of an app should run, fewer are the alert, and nobody is missed who is not needed.
 */
export const programSilent: Condition = {
  zh: '程序失联',
  en: 'A program is silent',
  find: (facts, limits) => {
    if (deaf(facts, limits)) return 'unknown';
    return APPS.flatMap((app) => silentOf(app, facts.programs.filter((program) => program.app === app), facts.now, limits));
  },
};

function silentOf(app: AppName, programs: readonly EdgeInstanceRow[], now: Date, { silentMs, expectedPrograms }: WatchLimits): Finding[] {
  const heard = programs.filter(({ seen_at }) => msBetween(seen_at, now) <= silentMs);
  if (heard.length === 0) return [absent(app, programs.at(-1)?.seen_at ?? null)];
  const alive = heard.filter(({ stopped_at }) => stopped_at === null);
  const expected = expectedPrograms[app];
  if (expected !== undefined) return heard.length < expected ? [tooFew(app, heard.length, expected, lostPrograms(programs, alive))] : [];
  return lostPrograms(programs, alive).map(({ instance, seen_at }) => ({
    subject: `${app}/${instance}`, opens: true,
    zh: `${app} 的进程 ${instance} 自 ${clock(seen_at)} 起没有上报状态，也没有新进程替代它。请看该主机和进程；有意停用的（没有正常退出）不用处理，一天后自动关闭，或以 PROGRAMS_EXPECTED 写明应有几个。其余 ${alive.length} 个进程照常工作。`,
    en: `Process ${instance} of ${app} has not reported since ${clock(seen_at)}, and none was started in its place. See to its host and process; one that was taken away on purpose needs nothing: the alert closes after a day, or when PROGRAMS_EXPECTED says how many there should be. ${alive.length} others work on.`,
    facts: { app, instance, lastSeenAt: seen_at.toISOString(), alive: alive.length },
  }));
}

function tooFew(app: AppName, count: number, expected: number, lost: readonly EdgeInstanceRow[]): Finding {
  const names = lost.map(({ instance }) => instance).toSorted();
  return {
    subject: app, opens: true,
    zh: `${app} 应有 ${expected} 个进程（PROGRAMS_EXPECTED），只有 ${count} 个在上报状态${names.length === 0 ? '' : `，失联的有 ${names.join('、')}`}。请启动缺少的进程；有意减少的，改 PROGRAMS_EXPECTED 并重启网关。其余照常工作。`,
    en: `${expected} processes of ${app} should run (PROGRAMS_EXPECTED); ${count} report${names.length === 0 ? '' : `, silent: ${names.join(', ')}`}. Start what is missing, or set PROGRAMS_EXPECTED anew when there are to be fewer. The others work on.`,
    facts: { app, count, expected, lost: names },
  };
}

function absent(app: AppName, lastSeenAt: Date | null): Finding {
  const [zh, en] = lastSeenAt === null ? ['从未上报', 'never'] : [`最后上报于 ${clock(lastSeenAt)}`, clock(lastSeenAt)];
  return {
    subject: app, opens: true,
    zh: `没有一个 ${app} 在上报状态（${zh}）。它多半没有运行：请启动它，起不来的看其日志最后一行。消息留在队列和台账中，不会丢。`,
    en: `No ${app} reports (last report: ${en}). It most likely does not run: start it; if it does not start, read the last line of its log. Messages stay in the queues and the ledger.`,
    facts: { app, lastSeenAt: lastSeenAt?.toISOString() ?? null },
  };
}
