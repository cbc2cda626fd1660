import { readBridgeOptions, readEnvFile } from './bridge-options.ts';
import { missingSettings, portSettingOf, portsOf, settingsFor } from './bridge-settings.ts';
import { OptionError } from './options.ts';
import { BRIDGE_PROGRAMS, bridgePlan } from './programs/plans.ts';
import { Program } from './programs/program.ts';
import { startAll } from './programs/start-all.ts';
import { openProfile } from './servers/profile.ts';
import { buildStep, runSteps } from './set-up.ts';
import { stopSignal, whenAborted } from './stop-signals.ts';

const HELP = `npm run bridge -- [--env-file <文件>]      只运行桥的三个程序，连接配置中指定的服务和对方系统

必须设置：RABBITMQ_URL、REDIS_URL、DATABASE_URL，以及 LEDGER_KEYS_FILE、OPS_TOKEN_FILE、INGRESS_KEYS_FILE、ENDPOINTS_FILE。
只给某一个程序的设置，加上前缀 GATEWAY_、DISTRICT_ADAPTER_ 或 CENTRE_ADAPTER_，例如 DISTRICT_ADAPTER_PORT=8701。
环境中已有的变量优先于文件中的。全部设置见 README。`;

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return error instanceof OptionError ? 2 : 1;
});

async function main(): Promise<number> {
  const { help, envFile } = readBridgeOptions(process.argv.slice(2));
  if (help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const env = { ...(envFile === null ? {} : readEnvFile(envFile)), ...process.env };
  const missing = missingSettings(env);
  if (missing.length > 0) throw new Error(`还缺这些设置（环境变量，或用 --env-file 指定的文件）：\n${missing.map((line) => `  ${line}`).join('\n')}`);
  return run(env);
}

async function run(env: NodeJS.ProcessEnv): Promise<number> {
  const signal = stopSignal();
  const profile = openProfile('bridge');
  const ports = portsOf(env);
  const programs = BRIDGE_PROGRAMS.map((name) => new Program({ ...bridgePlan(name, ports, settingsFor(name, env)), portSetting: portSettingOf(name) }, profile));
  try {
    await runSteps([buildStep(signal)], process.stdout, signal);
    await startAll(programs, process.stdout, signal);
    await Promise.race([whenAborted(signal), ...programs.map((program) => program.watch())]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await Promise.allSettled(programs.map((program) => program.stop()));
  }
  return 0;
}
