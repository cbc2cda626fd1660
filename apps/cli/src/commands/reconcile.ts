import { readFileSync, statSync } from 'node:fs';
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { searchOf } from '../gateway/gateway-client.ts';
import { UsageError } from '../gateway/problems.ts';
import { longTime, plain } from '../terminal/plain-text.ts';
import { withList, withReason, withWatch } from './options.ts';
import { boardText, missingText, stripText } from './reconcile-text.ts';
import type { Board, Missing, Strip } from './reconcile-text.ts';
import { showList, showView } from './show.ts';
import type { AddCommand, Program, Run, Tools } from './tools.ts';

const MOST_BYTES = 8 * 1024 * 1024;
const DAY = { describe: '日期，如 2026-11-22（北京时间）', type: 'string', demandOption: true } as const;
const SIDE = { describe: '哪一方：centre 或 hall:大厅代码', type: 'string', demandOption: true } as const;
const KIND = { describe: 'sent 大厅送出的收件；received 对方收到的；returned 中心已答复的', choices: ['sent', 'received', 'returned'] as const, demandOption: true } as const;

/** Whether everything came through on a day, and whether the other sides say the same (对账). */
export const addReconcile: AddCommand = (program, run) => program.command('reconcile', '对账：对账板、差额、对方的清单、签认', (command) => {
  looking(command, run);
  lists(command, run);
  return command.demandCommand(0);
});

function looking(program: Program, run: Run): void {
  program
    .command(['strip', '$0'], '最近 30 天每天没有走完的办件数', (command) => withWatch(command), run((tools, { watch }) => showView<Strip>(tools, {
      ask: () => tools.api.get<Strip>('/api/reconciliation'), show: (strip) => stripText(strip, tools.out),
    }, watch)))
    .command('show <day>', '一天的对账板', (command) => withWatch(command).positional('day', DAY), run((tools, { day, watch }) => showView<Board>(tools, {
      ask: () => tools.api.get<Board>(pathOf(day)), show: (board) => boardText(board, tools.out),
    }, watch)))
    .command('missing <day> <stage>', '一天里没有到达某一环节的办件、看来的原因和办法', (command) => withList(command).positional('day', DAY)
      .positional('stage', { describe: '环节', choices: ['applied', 'sent', 'delivered', 'answered', 'updated', 'acknowledged'] as const, demandOption: true })
      .option('hall', { describe: '大厅代码', type: 'string' }),
    run((tools, args) => showList<Missing>(tools, {
      path: `${pathOf(args.day)}/missing`, query: { stage: args.stage, hall: args.hall }, none: '没有。', show: (items) => missingText(items, tools.out),
    }, args)))
    .command('sign <day>', '签认一天：以此刻的对账板为准；理由即说明', (command) => withReason(command).positional('day', DAY), run((tools, { day, reason, ticket }) => sign(tools, day, { reason, ticket })));
}

function lists(program: Program, run: Run): void {
  program
    .command('upload <day> <side> <kind> <file>', '上传对方一天的办件编号清单（每行一个），替换以前的', (command) => withReason(command)
      .positional('day', DAY).positional('side', SIDE).positional('kind', KIND).positional('file', { describe: '清单文件', type: 'string', demandOption: true }),
    run((tools, { day, side, kind, file, reason, ticket }) => upload(tools, `${pathOf(day)}/lists/${encodeURIComponent(side)}/${kind}`, file, { reason, ticket })))
    .command('compare <day> <side> <kind>', '对方的清单与台账的差异', (command) => withList(command).positional('day', DAY).positional('side', SIDE).positional('kind', KIND)
      .option('missing', { describe: 'here 对方有、台账没有；there 台账有、对方没有', choices: ['here', 'there'] as const, default: 'here' as const }),
    run((tools, args) => showList<Missing>(tools, {
      path: `${pathOf(args.day)}/lists/${encodeURIComponent(args.side)}/${args.kind}`, query: { missing: args.missing }, none: '没有差异。', show: (items) => missingText(items, tools.out),
    }, args)));
}

/** What is signed is what is read at this moment. */
async function sign({ api, out }: Tools, day: string, body: { readonly reason: string; readonly ticket: string | undefined }): Promise<ExitCode> {
  const { digest } = await api.get<Board>(pathOf(day));
  const signed = await api.write<{ outcomeZh: string; openDeltas: number; at: string }>('POST', `${pathOf(day)}/sign-off`, { ...body, digest });
  if (out.json) out.answer(signed);
  else out.line(`${plain(signed.outcomeZh)}：${plain(day)}，没有走完的 ${signed.openDeltas} 件，${longTime(signed.at)}`);
  return EXIT.ok;
}

async function upload({ api, out }: Tools, path: string, file: string, why: { readonly reason: string; readonly ticket: string | undefined }): Promise<ExitCode> {
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? { size: -1 };
  if (size < 0) throw new UsageError(`没有这个文件：${file}`);
  if (size > MOST_BYTES) throw new UsageError('清单至多 8 MiB', '只留办件编号一列。');
  const { body } = await api.ask<{ outcomeZh: string; ids: number; sideZh: string; kindZh: string }>('PUT', path + searchOf({ ...why }), { 'content-type': 'text/csv' }, readFileSync(file, 'utf8'));
  if (out.json) out.answer(body);
  else out.line(`${plain(body.outcomeZh)}：${plain(body.sideZh)} ${plain(body.kindZh)} ${body.ids} 个编号`);
  return EXIT.ok;
}

function pathOf(day: string): string {
  return `/api/reconciliation/${encodeURIComponent(day)}`;
}
