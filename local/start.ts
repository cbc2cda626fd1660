import { LocalBridge } from './local-bridge.ts';
import { HELP, OptionError, readOptions, type StartOptions } from './options.ts';
import { runCases } from './run-cases.ts';
import { buildStep, runSteps, serverSteps } from './set-up.ts';
import { openProfile } from './servers/profile.ts';
import { StopAskedError, stopSignal } from './stop-signals.ts';
import { Screen } from './view/terminal.ts';

const STOPPED_BY_SIGNAL = 130;

process.exitCode = await main();

/** What `npm start` does, from the command line to the exit code. */
async function main(): Promise<number> {
  try {
    const options = readOptions(process.argv.slice(2), process.env);
    if (!options.help) return await run(options);
    process.stdout.write(`${HELP}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof OptionError ? error.message : String(error)}\n`);
    return error instanceof OptionError ? 2 : 1;
  }
}

/** Whatever happens in between, what was started is stopped before this resolves. */
async function run(options: StartOptions): Promise<number> {
  const signal = stopSignal();
  const output = options.json ? process.stderr : process.stdout;
  const screen = new Screen(output);
  const bridge = new LocalBridge(openProfile(options.profile), options);
  let code = 0;
  try {
    await setUp(bridge, output, screen, signal);
    code = await runCases(bridge, options, screen, signal);
  } catch (error) {
    const asked = signal.aborted || error instanceof StopAskedError;
    if (!asked) screen.line(`\n${error instanceof Error ? error.message : String(error)}`);
    code = asked ? (options.exit ? STOPPED_BY_SIGNAL : 0) : 1;
  }
  screen.line('正在停止……');
  await bridge.stop();
  screen.line('已全部停止，数据保留。');
  return code;
}

async function setUp(bridge: LocalBridge, output: NodeJS.WriteStream, screen: Screen, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const leftovers = await bridge.claim();
  if (leftovers > 0) screen.line(`结束了上次遗留的 ${leftovers} 个程序`);
  const newToken = bridge.prepareSecrets();
  const build = buildStep(signal, () => bridge.launchPrograms());
  await runSteps([...(await serverSteps(bridge.servers, (line) => { screen.line(line); }, signal)), build], output, signal);
  await runSteps([{
    title: '网关、适配器、模拟平台和模拟中心',
    run: async () => {
      await bridge.readyPrograms(signal);
      return '就绪';
    },
  }], output, signal);
  screen.line(`全部就绪，用时 ${((performance.now() - started) / 1000).toFixed(1)} 秒`);
  if (newToken !== null) screen.line(`运维接口令牌（只显示这一次，保存在 ${bridge.opsTokenFile}）：${newToken}`);
}
