import { join } from 'node:path';
import { buildWhenStale } from '../../local/build/build-when-stale.ts';
import { OptionError } from '../../local/options.ts';
import { withLock } from '../../local/servers/lock.ts';
import { openProfile } from '../../local/servers/profile.ts';
import { provideServers } from '../../local/servers/provide-servers.ts';
import { SERVER_KINDS, Servers } from '../../local/servers/servers.ts';
import { StopAskedError, stopSignal } from '../../local/stop-signals.ts';
import { Screen } from '../../local/view/terminal.ts';
import { breakBuild } from './break-build.ts';
import { breakageOf } from './breakages.ts';
import { againOf, CHAOS_HELP, readChaosOptions, type ChaosOptions } from './chaos-options.ts';
import { chaosResult, chaosTables, foundOf, problemsOf } from './chaos-report.ts';
import { chaosRun } from './chaos-run.ts';
import { Stage } from './stage.ts';

const STOPPED_BY_SIGNAL = 130;

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const options = readChaosOptions(process.argv.slice(2));
    if (!options.help) return await run(options);
    process.stdout.write(`${CHAOS_HELP}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof OptionError ? error.message : String(error)}\n`);
    return error instanceof OptionError ? 2 : 1;
  }
}

/** Whatever happens in between, what was started is stopped before this resolves. */
async function run(options: ChaosOptions): Promise<number> {
  const signal = stopSignal();
  const screen = new Screen(options.json ? process.stderr : process.stdout);
  const say = (line: string): void => { screen.line(line); };
  // A run breaks what it works on: never servers that somebody named.
  for (const kind of Object.values(SERVER_KINDS)) Reflect.deleteProperty(process.env, kind.envName);
  const stage = new Stage({ profile: options.profile, seed: options.seed, build: () => build(options, signal) });
  let code = 1;
  say(`种子 ${options.seed}`);
  try {
    await provideServers(new Servers(stage.profile), say);
    const begun = performance.now();
    await stage.setUp(say, signal);
    say(`全部就绪，用时 ${((performance.now() - begun) / 1000).toFixed(1)} 秒`);
    code = await runAndReport(stage, options, say, signal);
  } catch (error) {
    const asked = signal.aborted || error instanceof StopAskedError;
    if (!asked) say(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    code = asked ? STOPPED_BY_SIGNAL : 1;
  }
  say('正在停止……');
  await stage.clearAway();
  say(`已全部停止；日志在 ${stage.profile.logs}`);
  return code;
}

async function runAndReport(stage: Stage, options: ChaosOptions, say: (line: string) => void, signal: AbortSignal): Promise<number> {
  const facts = await chaosRun(stage, options, say, signal);
  const problems = problemsOf(facts);
  say(chaosTables(facts));
  say(problems.length === 0 ? '没有丢失、重复、乱序或卡住的件。' : problems.join('\n'));
  if (options.breakage !== null) {
    const found = foundOf(breakageOf(options.breakage), facts).map(({ charge, count }) => `${charge} ${count}`).join('，');
    say(`拿掉的保证：${breakageOf(options.breakage).zh}。核对${found === '' ? '没有发现' : `发现了：${found}`}`);
  }
  say(`再来一次：${againOf(options)}`);
  if (options.json) process.stdout.write(`${JSON.stringify(chaosResult(facts))}\n`);
  return problems.length === 0 ? 0 : 1;
}

/** Test files may run side by side with us; whoever comes second finds everything built. */
async function build({ breakage, profile }: ChaosOptions, signal: AbortSignal): Promise<string> {
  await withLock(join(openProfile('test').run, 'build.lock'), () => buildWhenStale(signal));
  return breakage === null ? 'dist' : breakBuild(openProfile(profile), breakage);
}
