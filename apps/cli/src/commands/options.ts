import type { Argv } from 'yargs';
import { UsageError } from '../gateway/problems.ts';
import type { SharedArgs } from './tools.ts';

const WATCH = {
  describe: '每 N 秒刷新（默认 2），Ctrl-C 结束',
  type: 'number',
  coerce: (value: number | undefined): number | undefined => seconds(value),
} as const;

/** `--watch` and `--watch 5`. */
export function withWatch<A extends SharedArgs>(program: Argv<A>) {
  return program.option('watch', WATCH);
}

/** Which part of a list is asked for. */
export function withList<A extends SharedArgs>(program: Argv<A>) {
  return withWatch(program)
    .option('limit', { describe: '每页条数，1–200', type: 'number' })
    .option('cursor', { describe: '上一页给出的游标', type: 'string' })
    .option('all', { describe: '全部页；与 --json 合用时为一个 JSON 数组', type: 'boolean' })
    .option('ndjson', { describe: '全部页，每行一个 JSON', type: 'boolean' })
    .conflicts({ all: ['watch', 'cursor', 'limit'], ndjson: ['watch', 'cursor', 'limit'] });
}

/** Why something is done: every write says so. */
export function withReason<A extends SharedArgs>(program: Argv<A>) {
  return program
    .option('reason', { describe: '理由，4–500 字，不得含证件号码等', type: 'string', demandOption: true })
    .option('ticket', { describe: '工单号', type: 'string' });
}

/** From when to when. */
export function withPeriod<A extends SharedArgs>(program: Argv<A>) {
  return program
    .option('from', { describe: '不早于：日期（北京时间整日）或带时区的时间', type: 'string' })
    .option('to', { describe: '早于；写日期时含当日', type: 'string' });
}

function seconds(value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  // `--watch` alone comes as NaN.
  const given = Number.isNaN(value) ? 2 : value;
  if (given >= 0.2 && given <= 3600) return given;
  throw new UsageError('--watch 须为 0.2–3600 的秒数');
}
