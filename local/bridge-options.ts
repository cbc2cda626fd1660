import { readFileSync } from 'node:fs';
import { parseArgs, parseEnv } from 'node:util';
import { OptionError } from './options.ts';

/** What `npm run bridge` was asked to do. */
export interface BridgeOptions {
  readonly help: boolean;
  /** File of settings; `null`: all of them are in the environment. */
  readonly envFile: string | null;
}

/** Reads the arguments of `npm run bridge`. Throws {@link OptionError}. */
export function readBridgeOptions(args: readonly string[]): BridgeOptions {
  try {
    const { values } = parseArgs({
      args: [...args], options: { 'env-file': { type: 'string' }, 'help': { type: 'boolean', short: 'h', default: false } }, strict: true, allowPositionals: false,
    });
    return { help: values.help, envFile: values['env-file'] ?? null };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const option = /'(-[^' ]*)|'([^']+)'/.exec(message);
    const name = option?.[1] ?? option?.[2] ?? '';
    const what = code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' && name.includes('env-file') ? '要写出文件名，例如 --env-file jiujin.env' : '看不懂的选项';
    throw new OptionError(`${name}：${what}。用 npm run bridge -- --help 查看全部选项`, { cause: error });
  }
}

/** The settings that a file gives. Throws {@link OptionError} naming the file when it cannot be read. */
export function readEnvFile(path: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new OptionError(`--env-file：读不了文件 ${path}（${REASON_ZH[code] ?? code}）`, { cause: error });
  }
}

const REASON_ZH: Readonly<Record<string, string>> = { ENOENT: '没有这个文件', EACCES: '没有读取权限', EISDIR: '这是一个文件夹' };
