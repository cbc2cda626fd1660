import { EXIT } from '../exit-codes.ts';
import { longTime, plain, plainLines } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { withList, withPeriod, withReason } from './options.ts';
import { showList } from './show.ts';
import type { AddCommand, Ended, Program, Run, Tools } from './tools.ts';

/** As far as it is shown. */
interface Shift {
  readonly shiftId: number;
  readonly from: string;
  readonly to: string;
  readonly signedAt: string;
  readonly signedBy: string;
  readonly note: string;
  readonly digest: string;
}

interface Period {
  readonly hours?: number | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const HOURS = { describe: '最近几小时，1–72（默认 12）', type: 'number' } as const;

/** What one shift leaves to the next (交班), and the report of an incident. */
export const addShift: AddCommand = (program, run) => program.command(
  'shift', '交班：看记录、签字、列出签过的；也用作一段时间的事件报告', (command) => { looking(command, run); verbs(command, run); return command.demandCommand(0); },
);

function looking(program: Program, run: Run): void {
  program
    .command(['show [shift]', '$0'], '最近 12 小时（或 --from --to 一段时间）的记录，Markdown；给出编号则看签过字的那一份', (command) => withPeriod(command).option('hours', HOURS)
      .positional('shift', { describe: '交班编号；不写为现在的', type: 'string' }),
    run((tools, { shift, hours, from, to }) => show(tools, shift, { hours, from, to })))
    .command('list', '签过字的交班，最新的在前', (command) => withList(command), run((tools, args) => showList<Shift>(tools, {
      path: '/api/shifts', query: {}, none: '还没有签过字的交班。', show: (items) => shiftsText(items, tools.out),
    }, args)));
}

function verbs(program: Program, run: Run): void {
  program.command('sign', '签字：把此刻的记录存下；理由即交待的话', (command) => withReason(command).option('hours', HOURS),
    run((tools, { hours, reason, ticket }) => sign(tools, { hours, reason, ticket })));
}

/** The same text that goes into a log book; JSON for scripts. A signed note that is not what was signed is said to be so. */
async function show({ api, out }: Tools, shift: string | undefined, period: Period): Ended {
  const path = shift === undefined ? '/api/shifts/note' : `/api/shifts/${encodeURIComponent(shift)}`;
  const query = shift === undefined ? { ...period } : {};
  if (shift === undefined && out.json) return out.answer(await api.get(path, query));
  if (shift === undefined) return out.line(plainLines(await api.text(`${path}/markdown`, query)));
  const signed = await api.get<Shift & { readonly intact: boolean }>(path);
  if (out.json) out.answer(signed);
  else out.line(plainLines(await api.text(`${path}/markdown`)));
  if (!signed.intact) out.aside('注意：存下的记录与签字时的摘要不符，有人动过数据库。请核验证据链：bridgectl evidence verify');
  return signed.intact ? EXIT.ok : EXIT.bad;
}

async function sign({ api, out }: Tools, body: object): Ended {
  const signed = await api.write<Shift & { readonly outcomeZh: string }>('POST', '/api/shifts', body);
  if (out.json) out.answer(signed);
  else out.line(`${plain(signed.outcomeZh)}：${plain(signed.shiftId)}，${longTime(signed.from)} 至 ${longTime(signed.to)}，摘要 ${plain(signed.digest)}`);
}

function shiftsText(items: readonly Shift[], out: Output): string {
  return out.table(['编号', '起', '止', '签字', '签字人', '交待'], items.map((one) => [
    String(one.shiftId), longTime(one.from), longTime(one.to), longTime(one.signedAt), plain(one.signedBy), plain(one.note),
  ]));
}
