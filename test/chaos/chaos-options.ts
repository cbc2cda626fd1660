import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { OptionError } from '../../local/options.ts';
import { BREAKAGES, breakageOf, isBreakageName, type BreakageName } from './breakages.ts';
import { aimOf, EVERY_FAULT, FAULTS, FAULT_NAMES, type Aim } from './faults.ts';

/** What `npm run chaos` was asked to do. */
export interface ChaosOptions {
  readonly help: boolean;
  /** How long faults are done; start, rest and end come on top. */
  readonly seconds: number;
  readonly seed: number;
  readonly json: boolean;
  readonly only: readonly Aim[];
  /** The guarantee that is taken out of the programs for this run. */
  readonly breakage: BreakageName | null;
  readonly profile: string;
  /** Cases begun per second. */
  readonly rate: number;
}

const USUAL_SECONDS = 120;
const USUAL_RATE = 5;
const SHAPE = {
  'help': { type: 'boolean', short: 'h', default: false },
  'seconds': { type: 'string' },
  'seed': { type: 'string' },
  'json': { type: 'boolean', default: false },
  'only': { type: 'string', multiple: true },
  'break': { type: 'string' },
  'profile': { type: 'string' },
  'rate': { type: 'string' },
} as const;

export const CHAOS_HELP = `npm run chaos -- [选项]      边办件边弄坏：各程序、RabbitMQ、Redis、PostgreSQL、网络、双方系统，最后核对两边记录

  --seconds <N>    弄坏多久，10 到 3600 秒（默认 ${USUAL_SECONDS}）；启动和收尾另计
  --seed <S>       故障和办件的种子，同一种子产生同样的计划（不设则随机，总会打印）
  --only <名称>    只做这种故障；可重复，或以逗号分隔
  --break <名称>   先从程序中拿掉一项保证，看核对能不能发现；不给 --only 时只做能暴露它的故障
  --rate <R>       每秒收件数（默认 ${USUAL_RATE}）
  --json           标准输出最后一行是一个 JSON 对象，其余输出到标准错误
  --profile <名称> 数据和日志所在：.jiujin/<名称>/（默认 chaos）
  --help           显示本说明

故障：
${FAULT_NAMES.map((name) => `  ${name.padEnd(20)} ${FAULTS[name].zh}`).join('\n')}

可以拿掉的保证：
${Object.entries(BREAKAGES).map(([name, { zh }]) => `  ${name.padEnd(26)} ${zh}`).join('\n')}`;

/** Reads the arguments of `npm run chaos`. @throws OptionError naming the option and what is allowed. */
export function readChaosOptions(args: readonly string[]): ChaosOptions {
  const { help, json, ...values } = parse(args);
  const breakage = readBreakage(values.break);
  return {
    help, json,
    seconds: number('--seconds', values.seconds, 10, 3_600, USUAL_SECONDS),
    seed: number('--seed', values.seed, 0, 999_999_999, randomInt(1_000_000)),
    rate: number('--rate', values.rate, 1, 500, USUAL_RATE),
    only: onlyOf(values.only ?? (breakage === null ? [] : breakageOf(breakage).faults)),
    breakage,
    profile: values.profile ?? 'chaos',
  };
}

/** The command that repeats a run: the same faults and the same cases. */
export function againOf({ seconds, seed, rate, breakage, only }: ChaosOptions): string {
  const aims = only.map(({ name, targets }) => (targets.length === 1 && FAULTS[name].targets.length > 1 ? `${name}:${targets[0]}` : name));
  const parts = [
    `--seconds ${seconds} --seed ${seed}`, rate === USUAL_RATE ? '' : `--rate ${rate}`, breakage === null ? '' : `--break ${breakage}`,
    only === EVERY_FAULT ? '' : `--only ${aims.join(',')}`,
  ];
  return `npm run chaos -- ${parts.filter((part) => part !== '').join(' ')}`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: SHAPE, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const name = /'(-[^' ]*)/.exec((error as Error).message)?.[1] ?? '';
    throw new OptionError(`${name}：看不懂的选项。用 npm run chaos -- --help 查看全部选项`, { cause: error });
  }
}

function number(name: string, given: string | undefined, min: number, max: number, fallback: number): number {
  const value = given === undefined ? fallback : Number(given);
  if (given?.trim() === '' || !Number.isInteger(value) || value < min || value > max) throw new OptionError(`${name}：给的是 "${given}"，应为 ${min} 到 ${max} 的整数`);
  return value;
}

function onlyOf(given: readonly string[]): readonly Aim[] {
  const names = given.flatMap((text) => text.split(',')).map((name) => name.trim()).filter((name) => name !== '');
  return names.length === 0 ? EVERY_FAULT : names.map((name) => {
    const aim = aimOf(name);
    if (aim === null) throw new OptionError(`--only：没有 "${name}" 这种故障，可用的有：${FAULT_NAMES.join('、')}；后面可以加 :<对象>`);
    return aim;
  });
}

function readBreakage(given: string | undefined): BreakageName | null {
  if (given === undefined || isBreakageName(given)) return given ?? null;
  throw new OptionError(`--break：没有 "${given}" 这一项，可用的有：${Object.keys(BREAKAGES).join('、')}`);
}
