import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { check } from './check/check.ts';
import type { LocalBridge } from './local-bridge.ts';
import type { StartOptions } from './options.ts';
import { beginCases, statusOf, summaryOf } from './programs/control.ts';
import { peakMemoryMiB } from './programs/memory.ts';
import { BRIDGE_PROGRAMS } from './programs/plans.ts';
import { StuckWatch } from './stuck-watch.ts';
import { whenAborted } from './stop-signals.ts';
import { until } from './until.ts';
import { Display } from './view/display.ts';
import { isAtRest, isFinished, type Moment } from './view/live-view.ts';
import { faultsOf, resultOf, summaryTable } from './view/summary.ts';
import type { Screen } from './view/terminal.ts';

/** A counted run is timed by these looks. */
const LOOK_EVERY_MS = 100;
const REST_MS = 20_000;

/** Lets the halls begin their cases and shows how they go, until they are at their end or we are asked to stop; gives the exit code. */
export async function runCases(bridge: LocalBridge, options: StartOptions, screen: Screen, signal: AbortSignal): Promise<number> {
  const over = new AbortController();
  const interrupted = Promise.race([bridge.watch(), whenAborted(signal)]);
  // Several races wait for it; one that is not waiting just then must not make it an unhandled rejection.
  interrupted.catch(() => undefined);
  try {
    const begun = performance.now();
    const since = new Date().toISOString();
    await beginCases(bridge.url('platform'), { cases: options.cases, rate: options.rate, batch: options.batch });
    const { stuck } = await Promise.race([interrupted, show(bridge, options, screen, since, over.signal)]);
    const seconds = (performance.now() - begun) / 1000;
    if (stuck !== null) screen.line(stuck);
    await Promise.race([interrupted, rest(bridge, since)]);
    return (await judge(bridge, options, screen, seconds)) && stuck === null ? 0 : 1;
  } finally {
    over.abort();
  }
}

/** Looks again and again; resolves when a counted run is over or stuck, and else only when it is told that all is over. */
async function show(bridge: LocalBridge, options: StartOptions, screen: Screen, since: string, over: AbortSignal): Promise<{ stuck: string | null }> {
  const watch = new StuckWatch(options.stuckAfterSeconds * 1000);
  const display = new Display(screen, urlLines(bridge));
  for (; !over.aborted; await pause(LOOK_EVERY_MS)) {
    const moment = await lookAround(bridge, display.isDue() ? since : null);
    if (display.isDue() && !over.aborted) display.show(moment);
    if (!options.exit || options.cases === null) continue;
    if (isFinished(moment, options.cases)) return { stuck: null };
    const stuck = watch.look(moment, performance.now());
    if (stuck !== null) return { stuck };
  }
  return { stuck: null };
}

/** Asks the simulators and, where a time is given to count from, the bridge. */
async function lookAround(bridge: LocalBridge, since: string | null): Promise<Moment> {
  const [platform, centre, summary] = await Promise.all([
    statusOf(bridge.url('platform')).catch(() => null),
    statusOf(bridge.url('centre')).catch(() => null),
    since === null ? null : summaryOf(bridge.url('gateway'), bridge.opsToken(), since).catch(() => null),
  ]);
  return { platform, centre, bridge: summary };
}

/** The last receipts are on their way when both sides are at their end already; what does not come to rest in time, the comparison names. */
async function rest(bridge: LocalBridge, since: string): Promise<void> {
  await until(async () => isAtRest(await lookAround(bridge, since)), { within: REST_MS, every: 50 }).catch(() => undefined);
}

/** Compares both sides' records with the ledger and prints what it came to; gives whether the run was a good one. */
async function judge(bridge: LocalBridge, options: StartOptions, screen: Screen, seconds: number): Promise<boolean> {
  const report = await check({
    platform: `${bridge.url('platform')}/control/record`, centre: `${bridge.url('centre')}/control/record`,
    databaseUrl: bridge.servers.env['DATABASE_URL'], catalogueDir: bridge.catalogueDir,
    ...(bridge.series === null ? {} : { series: bridge.series }),
  });
  const memoryMiB = Object.fromEntries(BRIDGE_PROGRAMS.map((name) => [name, peakMemoryMiB(bridge.programs.get(name)?.pid ?? null)]));
  const facts = { report, seconds, memoryMiB };
  screen.line(summaryTable(facts));
  const faults = faultsOf(facts);
  if (report.failed > 0) screen.line(`失败的办件：${JSON.stringify((await lookAround(bridge, null)).platform?.problems.slice(0, 10))}`);
  for (const fault of faults) screen.line(fault);
  if (faults.length > 0) screen.line(`各程序的日志在 ${join(bridge.profile.logs)}`);
  if (options.json) process.stdout.write(`${JSON.stringify(resultOf(facts))}\n`);
  return faults.length === 0;
}

function urlLines(bridge: LocalBridge): string[] {
  const management = bridge.servers.env['RABBITMQ_MANAGEMENT_URL'];
  return [
    `接口文档 ${bridge.url('gateway')}/api/docs   运维接口 ${bridge.url('gateway')}/api/cases（令牌在 ${bridge.opsTokenFile}）`,
    `大厅入口 ${bridge.url('district-adapter')}   中心入口 ${bridge.url('centre-adapter')}   指标 ${bridge.url('gateway')}/metrics`,
    ...(management === undefined ? [] : [`RabbitMQ 管理页面 ${new URL(management).origin}（账号在 ${join(bridge.profile.servers, 'rabbitmq.json')}）`]),
  ];
}
