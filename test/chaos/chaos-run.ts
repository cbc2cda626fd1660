import { setTimeout as pause } from 'node:timers/promises';
import { check } from '../../local/check/check.ts';
import { readBoth } from '../../local/check/read-record.ts';
import { beginCases, statusOf, summaryOf } from '../../local/programs/control.ts';
import { whenAborted } from '../../local/stop-signals.ts';
import { until } from '../../local/until.ts';
import { isAtRest, type Moment } from '../../local/view/live-view.ts';
import { AcceptedEvents } from './accepted-events.ts';
import type { ChaosOptions } from './chaos-options.ts';
import type { ChaosFacts } from './chaos-report.ts';
import type { Hands } from './do-fault.ts';
import { FAULT_NAMES } from './faults.ts';
import { figuresOf, Journeys, recoveryP95 } from './figures.ts';
import { inflict, type Inflicted } from './inflict.ts';
import { lookAtLedger } from './look-at-ledger.ts';
import { planFaults } from './plan-faults.ts';
import { order, SimulatorFaults } from './simulator-control.ts';
import type { Stage } from './stage.ts';

/** Some cases are under way before the first fault. */
const FIRST_ENDED = 3;
const WARM_MS = 60_000;
/** Share of the cases whose clerk got the permission just before: receipt and permission may reach the ledger in either order. */
const NEW_CLERKS = 0.25;
/** After everything is healed, what is left must come to its end in this time: longer than any patience the programs were given. */
const REST_MS = 90_000;
/** Nothing moves any more though something is open: waiting longer would show nothing new. */
const STILL_MS = 40_000;
const LOOK_EVERY_MS = 250;

/** One chaos run on a stage that is set up: load, faults, healing, rest, comparison. */
export async function chaosRun(stage: Stage, options: ChaosOptions, say: (line: string) => void, signal: AbortSignal): Promise<ChaosFacts> {
  const interrupted = Promise.race([stage.watchSimulators(), whenAborted(signal)]);
  interrupted.catch(() => undefined);
  const over = new AbortController();
  const hands: Hands = {
    stage, simulators: new SimulatorFaults((side) => stage.simulatorUrl(side)), poisonIds: [], signal: AbortSignal.any([signal, over.signal]),
  };
  try {
    return await Promise.race([interrupted, wholeRun(hands, options, say)]);
  } finally {
    over.abort();
  }
}

async function wholeRun(hands: Hands, options: ChaosOptions, say: (line: string) => void): Promise<ChaosFacts> {
  const { stage } = hands;
  await hands.simulators.begin();
  await beginCases(stage.simulatorUrl('platform'), { cases: null, rate: options.rate, batch: 1, newClerks: NEW_CLERKS });
  await until(async () => (await statusOf(stage.simulatorUrl('platform'))).cases.ended >= FIRST_ENDED, { within: WARM_MS, what: 'the first cases at their end', signal: hands.signal });
  const plan = planFaults(options);
  say(`开始弄坏：${options.seconds} 秒，${plan.length} 次故障，种子 ${options.seed}`);
  const begun = performance.now();
  const inflicted = await inflict(plan, {
    hands, events: new AcceptedEvents((side) => stage.recordUrl(side), () => stage.servers.postgres.directUrl),
    say: ({ name, target }, what) => { say(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${name} ${target}${what === 'over' ? ' 解除' : ''}`); },
  });
  await pause(Math.max(0, options.seconds * 1000 - (performance.now() - begun)), undefined, { signal: hands.signal });
  await order(`${stage.simulatorUrl('platform')}/control/stop`, {});
  say('故障全部解除，等余下的办完……');
  return conclude(hands, options, inflicted, await rest(hands, say));
}

/** Seconds until nothing is left to bring; `null` when it does not come to that in time. */
async function rest({ stage, signal }: Hands, say: (line: string) => void): Promise<number | null> {
  const begun = performance.now();
  let [mark, movedAt] = ['', begun];
  const atRest = await until(async () => {
    const moment = await look(stage);
    const now = JSON.stringify([moment.platform?.effects.received, moment.centre?.effects.received, moment.bridge?.transfers]);
    if (now !== mark) [mark, movedAt] = [now, performance.now()];
    if (isAllDone(moment)) return 'rest';
    return performance.now() - movedAt > STILL_MS ? 'still' : null;
  }, { within: REST_MS, every: LOOK_EVERY_MS, signal }).catch(() => 'late');
  if (atRest !== 'rest') await tellWhatIsLeft(stage, say);
  return atRest === 'rest' ? Math.round((performance.now() - begun) / 100) / 10 : null;
}

/** What the bridge itself says of a run that does not come to its end: where to look first. */
async function tellWhatIsLeft(stage: Stage, say: (line: string) => void): Promise<void> {
  say(`没有办完：${JSON.stringify(await look(stage).catch(() => null))}`);
  for (const path of ['queues', 'circuits', 'edge-instances', 'alerts?open=true']) {
    const answer = await fetch(`${stage.program('gateway').url}/api/${path}`, {
      headers: { authorization: `Bearer ${stage.opsToken()}` }, signal: AbortSignal.timeout(5_000),
    }).then((response) => response.text()).catch(String);
    say(`  ${path}：${answer}`);
  }
}

function isAllDone(moment: Moment): boolean {
  return moment.platform?.cases.open === 0 && moment.centre?.cases.open === 0 && isAtRest(moment);
}

async function look(stage: Stage): Promise<Moment> {
  const [platform, centre, bridge] = await Promise.all([
    statusOf(stage.simulatorUrl('platform')), statusOf(stage.simulatorUrl('centre')),
    Promise.any(['gateway', 'gateway-2'].map((name) => summaryOf(stage.program(name as 'gateway').url, stage.opsToken()))).catch(() => null),
  ]);
  return { platform, centre, bridge };
}

async function conclude({ stage, poisonIds }: Hands, options: ChaosOptions, { occurrences, undone }: Inflicted, restSeconds: number | null): Promise<ChaosFacts> {
  const [platform, centre] = [stage.recordUrl('platform'), stage.recordUrl('centre')];
  const databaseUrl = stage.servers.postgres.directUrl;
  const report = await check({ platform, centre, databaseUrl, catalogueDir: stage.catalogueDir, series: stage.series });
  const journeys = new Journeys();
  let newClerks = 0;
  for await (const [side, line] of readBoth(platform, centre)) {
    journeys.line(side, line);
    if (line.k === 'sending' && line.type === 'permission.granted' && line.projectNo !== null) newClerks += 1;
  }
  const { unfinished, poisonMissing } = await lookAtLedger(databaseUrl, poisonIds);
  const programs = [...stage.programs.values()];
  const { effects } = await statusOf(stage.simulatorUrl('platform'));
  return {
    seed: options.seed, seconds: options.seconds, check: report, figures: figuresOf(FAULT_NAMES, occurrences, journeys.all()),
    recoverySecondsP95: recoveryP95(occurrences, journeys.all()), restSeconds, poison: { sent: poisonIds.length, missing: poisonMissing },
    met: { newClerks, askedFirst: effects.verified ?? 0, poisonDeaths: programs.reduce((sum, program) => sum + program.poisonDeaths, 0) },
    undone, unaskedEnds: programs.flatMap((program) => program.unaskedEnds), unfinished,
    memoryMiB: Object.fromEntries(programs.map((program) => [program.name, program.peakMiB])),
  };
}
