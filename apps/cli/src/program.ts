import yargs from 'yargs';
import type { ArgumentsCamelCase } from 'yargs';
import { COMMANDS } from './commands/index.ts';
import { Tools } from './commands/tools.ts';
import type { Run, SharedArgs } from './commands/tools.ts';
import { EXIT } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { ApiProblem, CommandError, UsageError } from './gateway/problems.ts';
import type { Surroundings } from './surroundings.ts';
import { plainLines } from './terminal/plain-text.ts';

const EPILOGUE = `退出码：0 正常，1 出错，2 用法不对，3 有问题（doctor、status、evidence verify、replay），4 没有权限，130 被 Ctrl-C 中断。
网关地址：--url、BRIDGECTL_URL，默认 http://127.0.0.1:8700。令牌：--token-file、BRIDGECTL_TOKEN、BRIDGECTL_TOKEN_FILE、bridgectl login 所存。
Tab 补全：bridgectl completion >> ~/.bashrc。说明书：docs/bridgectl.md。`;

/** Runs one command line to its end and gives the exit code; whatever went wrong has been said by then. */
export async function runBridgectl(args: readonly string[], around: Surroundings): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const run: Run = (act) => async (given) => {
    code = (await act(new Tools(around, given), given)) ?? EXIT.ok;
  };
  try {
    await parse(args, around, run);
    return code;
  } catch (error) {
    return explain(error, around, args.includes('--json'));
  }
}

/** Help and completions go to stdout; yargs itself ends no process. */
async function parse(args: readonly string[], { stdout, stderr }: Surroundings, run: Run): Promise<void> {
  const bare = yargs([...args]).scriptName('bridgectl').locale('zh_CN').exitProcess(false).parserConfiguration({ 'parse-positional-numbers': false, 'strip-aliased': true })
    .usage('$0 <命令>：看和管就近桥，只经网关的运维接口')
    .wrap(Math.min(110, stdout.columns ?? 110))
    .option('url', { describe: '网关地址', type: 'string', global: true })
    .option('tokenFile', { alias: 'token-file', describe: '访问令牌所在的文件', type: 'string', global: true, normalize: true })
    .option('json', { describe: '输出 JSON，与接口的应答一致', type: 'boolean', default: false, global: true })
    .option('color', { describe: '着色；--no-color 或 NO_COLOR 不着色', type: 'boolean', global: true })
    .option('timeout', { describe: '一次请求最多等几秒', type: 'number', default: 15, global: true, coerce: checkTimeout });
  const program = COMMANDS.reduce((sofar, add) => add(sofar, run), bare);
  await program
    .completion('completion', '输出 shell 补全脚本（bash、zsh）')
    .demandCommand(1, '请给出命令。').recommendCommands().strict()
    .version('version', '版本', '0.1.0').help('help', '帮助').alias('help', 'h').epilogue(EPILOGUE)
    .fail((message: string | null, error: Error | undefined) => { throw error instanceof CommandError ? error : failure(message, error); })
    .parseAsync([...args], {}, (_error: unknown, _given: ArgumentsCamelCase<SharedArgs>, text: string) => {
      if (text !== '') (_error === null || _error === undefined ? stdout : stderr).write(`${text}\n`);
    });
}

/** What yargs itself found wrong is a wrong use; every other error is what it is. */
function failure(message: string | null, error: Error | undefined): Error {
  if (error !== undefined && error.name !== 'YError') return error;
  return new UsageError(message ?? error?.message ?? '命令行不对', '用法见 bridgectl --help，或 bridgectl <命令> --help。');
}

function checkTimeout(value: number): number {
  if (value >= 0.1 && value <= 600) return value;
  throw new UsageError('--timeout 须为 0.1–600 的秒数');
}

/** A script that asked for JSON gets the problem as JSON too, on stderr. */
function explain(error: unknown, { stderr }: Surroundings, json: boolean): ExitCode {
  if (!(error instanceof CommandError)) {
    stderr.write(`出错：${error instanceof Error ? plainLines(error.message) : String(error)}\n`);
    return EXIT.error;
  }
  if (json) {
    const problem = error instanceof ApiProblem ? error.problem : { code: 'bridgectl', detailZh: error.message, adviceZh: error.advice ?? null };
    stderr.write(`${JSON.stringify({ problem })}\n`);
    return error.exitCode;
  }
  if (error.message !== '') stderr.write(`${plainLines(error.message)}\n`);
  if (error.advice !== undefined) stderr.write(`→ ${plainLines(error.advice)}\n`);
  return error.exitCode;
}
