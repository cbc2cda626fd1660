import { parseArgs } from 'node:util';

/** What `npm start` was asked to do. */
export interface StartOptions {
  readonly help: boolean;
  /** Cases to run; `null`: until stopped. */
  readonly cases: number | null;
  readonly seed: number;
  /** Ends by itself once the cases are at their end, with a summary. */
  readonly exit: boolean;
  /** The last line of stdout is the result as one JSON object; everything else goes to stderr. */
  readonly json: boolean;
  /** Cases begun per second; `null`: as fast as the bridge takes them. */
  readonly rate: number | null;
  /** Events per request of the halls. */
  readonly batch: number;
  readonly profile: string;
  /** Without any progress for so many seconds, the run is stuck. */
  readonly stuckAfterSeconds: number;
}

/** The command line cannot be understood; the message says what to change. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

const LIVE_RATE = 2;

export const HELP = `npm start -- [选项]      在本机运行整座桥，以及模拟的各区大厅和中心；Ctrl-C 停止全部

  --cases <N>          只办 N 件（不设：一直办下去）
  --seed <S>           模拟数据的种子，同一种子产生同样的办件（默认 1）
  --exit               办完 --cases 的件就核对、打印汇总并退出；有丢失、重复、乱序或卡住的件时退出码不为 0
  --json               与 --exit 同用：标准输出最后一行是一个 JSON 对象，其余输出到标准错误
  --rate <R>           每秒收件数（默认：有 --exit 时不限，否则 ${LIVE_RATE}）
  --batch <B>          大厅每次请求送几个事件，1 到 500（默认 1）
  --stuck-after <秒>   多久没有任何进展算卡住（默认 60）
  --profile <名称>     另开一套数据和服务，端口另选（默认 dev，数据在 .jiujin/<名称>/）
  --help               显示本说明

环境变量 RABBITMQ_URL、REDIS_URL、DATABASE_URL 指定已有的服务；不设则在本机启动自己的。`;

const SHAPE = {
  'help': { type: 'boolean', short: 'h', default: false },
  'cases': { type: 'string' },
  'seed': { type: 'string' },
  'exit': { type: 'boolean', default: false },
  'json': { type: 'boolean', default: false },
  'rate': { type: 'string' },
  'batch': { type: 'string' },
  'stuck-after': { type: 'string' },
  'profile': { type: 'string' },
} as const;

/** Reads the arguments of `npm start`. Throws {@link OptionError}. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv = {}): StartOptions {
  const { help, exit, json, ...values } = parse(args);
  const cases = wholeNumber('--cases', values.cases, 1, 10_000_000, null);
  if (!help) refuseHalfOrders(exit, json, cases);
  return {
    help, cases, exit, json,
    seed: wholeNumber('--seed', values.seed, 0, 2_147_483_647, 1),
    rate: positive('--rate', values.rate, exit ? null : LIVE_RATE),
    batch: wholeNumber('--batch', values.batch, 1, 500, 1),
    profile: values.profile ?? env['JIUJIN_PROFILE'] ?? 'dev',
    stuckAfterSeconds: wholeNumber('--stuck-after', values['stuck-after'], 1, 86_400, 60),
  };
}

function refuseHalfOrders(exit: boolean, json: boolean, cases: number | null): void {
  if (exit && cases === null) throw new OptionError('--exit 要和 --cases <N> 一起用：办完几件才退出？');
  if (json && !exit) throw new OptionError('--json 要和 --exit 一起用');
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: SHAPE, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const unknown = /'(-[^']*)'/.exec((error as Error).message)?.[1];
    throw new OptionError(`${unknown === undefined ? '' : `${unknown}：`}看不懂的选项（${(error as Error).message.split('. ')[0]}）。用 npm start -- --help 查看全部选项`, { cause: error });
  }
}

function wholeNumber<F extends number | null>(name: string, given: string | undefined, min: number, max: number, fallback: F): number | F {
  if (given === undefined) return fallback;
  const value = Number(given);
  if (given.trim() === '' || !Number.isInteger(value) || value < min || value > max) throw new OptionError(`${name}：给的是 "${given}"，应为 ${min} 到 ${max} 的整数`);
  return value;
}

function positive(name: string, given: string | undefined, fallback: number | null): number | null {
  if (given === undefined) return fallback;
  const value = Number(given);
  if (!(value > 0 && value <= 100_000)) throw new OptionError(`${name}：给的是 "${given}"，应为大于 0、不超过 100000 的数`);
  return value;
}
