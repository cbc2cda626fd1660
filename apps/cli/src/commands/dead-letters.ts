import { readFileSync } from 'node:fs';
import { UsageError } from '../gateway/problems.ts';
import { longTime, plain, plainLines } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { withList, withPeriod, withReason, withWatch } from './options.ts';
import { showList, showView } from './show.ts';
import type { AddCommand, Ended, Program, Run, Tools } from './tools.ts';

/** As far as it is shown. */
interface DeadLetter {
  readonly deadLetterId: number;
  readonly recordedAt: string;
  readonly queue: string;
  readonly app: string;
  readonly reason: string;
  readonly code: string | null;
  readonly deliveryCount: number;
  readonly messageType: string | null;
  readonly projectNo: string | null;
  readonly bodyBytes: number;
  readonly status: string;
  readonly statusZh: string;
  readonly actedAt: string | null;
  readonly actedBy: string | null;
  readonly actedWhy: string | null;
  readonly sendProblem: string | null;
}

interface DeadLetterDetail extends DeadLetter {
  readonly handler: string | null;
  readonly messageId: string | null;
  readonly queuePurpose: string | null;
  readonly fate: { readonly reference: string; readonly statusZh: string; readonly detailZh: string | null; readonly at: string | null } | null;
  readonly related: readonly { deadLetterId: number; status: string; recordedAt: string }[];
}

interface Body {
  readonly bodyBytes: number;
  readonly hex: string;
  readonly truncated: boolean;
  readonly decoded: unknown;
  readonly decodeErrorZh: string | null;
}

const NUMBER = { describe: '死信编号', type: 'number', demandOption: true } as const;

/** What could not be handled at all (死信), and what people decide about it. */
export const addDeadLetters: AddCommand = (program, run) => program.command(
  'dead-letters', '死信：列出、查看、重放、修正、放弃', (command) => { listing(command, run); looking(command, run); verbs(command, run); return command.demandCommand(0); },
);

function listing(program: Program, run: Run): void {
  program.command(['list', '$0'], '列出死信，最新的在前', (command) => withPeriod(withList(command))
    .option('status', { describe: '状态：open、replaying、replayed、repaired、discarded', type: 'string' })
    .option('app', { describe: '处理失败的程序', type: 'string' }).option('queue', { describe: '原队列', type: 'string' })
    .option('code', { describe: '原因代码', type: 'string' }).option('project-no', { describe: '办件编号', type: 'string' }),
  run((tools, args) => showList<DeadLetter>(tools, {
    path: '/api/dead-letters', none: '没有死信。', show: (items) => lettersText(items, tools.out),
    query: { status: args.status, app: args.app, queue: args.queue, code: args.code, projectNo: args.projectNo, from: args.from, to: args.to },
  }, args)));
}

function looking(program: Program, run: Run): void {
  program
    .command('show <number>', '一条死信', (command) => withWatch(command).positional('number', NUMBER),
      run((tools, { number, watch }) => showView<DeadLetterDetail>(tools, { ask: () => tools.api.get(pathOf(number)), show: (letter) => letterText(letter, tools.out) }, watch)))
    .command('body <number>', '原文：脱敏后的 JSON，或十六进制（须有 see-bodies 权限，查看会留痕）', (command) => command.positional('number', NUMBER),
      run((tools, { number }) => showView<Body>(tools, { ask: () => tools.api.get(`${pathOf(number)}/body`), show: bodyText })));
}

function verbs(program: Program, run: Run): void {
  program
    .command('replay <number>', '把原文送回原来的队列', (command) => withReason(command).positional('number', NUMBER),
      run((tools, { number, reason, ticket }) => act(tools, number, 'replay', { reason, ticket })))
    .command('repair <number> <file>', '以更正后的报文（JSON 文件）代替原文送回队列', (command) => withReason(command).positional('number', NUMBER)
      .positional('file', { describe: 'JSON 文件；仍为脱敏样子的值保持原值', type: 'string', demandOption: true }),
    run((tools, { number, file, reason, ticket }) => act(tools, number, 'repair', { reason, ticket, body: jsonOf(file) })))
    .command('discard <number>', '放弃；原文保留', (command) => withReason(command).positional('number', NUMBER),
      run((tools, { number, reason, ticket }) => act(tools, number, 'discard', { reason, ticket })));
}

async function act({ api, out }: Tools, number: number, verb: string, body: object): Ended {
  const done = await api.write<{ outcomeZh: string; deadLetterId: number }>('POST', `${pathOf(number)}/${verb}`, body);
  if (out.json) out.answer(done);
  else out.line(`${plain(done.outcomeZh)}：死信 ${done.deadLetterId}`);
}

function pathOf(number: number): string {
  if (Number.isSafeInteger(number) && number > 0) return `/api/dead-letters/${number}`;
  throw new UsageError('死信编号须为正整数');
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw new UsageError(`${file}：${error instanceof SyntaxError ? '不是 JSON' : '读不了'}`);
  }
}

function lettersText(items: readonly DeadLetter[], out: Output): string {
  return out.table(['编号', '登记', '状态', '原队列', '程序', '类型', '办件', '原因', '字节'], items.map((one) => [
    String(one.deadLetterId), longTime(one.recordedAt), one.status === 'open' ? out.paint('bad', plain(one.statusZh)) : plain(one.statusZh), plain(one.queue), plain(one.app),
    plain(one.messageType), plain(one.projectNo), `${plain(one.code)}：${plain(one.reason)}`, String(one.bodyBytes),
  ]));
}

function letterText(one: DeadLetterDetail, out: Output): string {
  return out.pairs([
    ['编号', String(one.deadLetterId)], ['状态', plain(one.statusZh)], ['登记', longTime(one.recordedAt)], ['原队列', `${plain(one.queue)}（${plain(one.queuePurpose ?? '已不存在，不能重放')}）`],
    ['程序', `${plain(one.app)}，${plain(one.handler)}`], ['消息', `${plain(one.messageType)}，${plain(one.messageId)}，${one.bodyBytes} 字节`], ['办件', plain(one.projectNo)],
    ['原因', `${plain(one.code)}：${plain(one.reason)}`], ['此前投递', `${one.deliveryCount} 次`], ['处置', `${longTime(one.actedAt)} ${plain(one.actedBy)}：${plain(one.actedWhy)}`],
    ['送不回去', plain(one.sendProblem)], ['消息的下落', fateText(one)],
    ['同一消息的其他死信', one.related.map(({ deadLetterId, status }) => `${deadLetterId}（${status}）`).join('、') || '没有'],
  ]);
}

function fateText({ fate }: DeadLetterDetail): string {
  if (fate === null) return '台账中没有';
  return `${plain(fate.reference)} ${plain(fate.statusZh)}${fate.detailZh === null ? '' : `：${plain(fate.detailZh)}`}${fate.at === null ? '' : `，${longTime(fate.at)}`}`;
}

function bodyText({ bodyBytes, hex, truncated, decoded, decodeErrorZh }: Body): string {
  if (decoded !== null && decoded !== undefined) return plainLines(JSON.stringify(decoded, null, 2));
  return `打不开：${plain(decodeErrorZh)}；${bodyBytes} 字节${truncated ? '，没有列全' : ''}\n${(hex.match(/.{1,64}/g) ?? []).join('\n')}`;
}
