import { longTime, plain, shortTime } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { followOperation } from './follow-operation.ts';
import { operationText, toneOf } from './operation-text.ts';
import type { Operation, OperationDetail } from './operation-text.ts';
import { withList, withReason, withWatch } from './options.ts';
import { showList, showView } from './show.ts';
import { startOperation } from './start-operation.ts';
import type { AddCommand, Ended, Program, Run, Tools } from './tools.ts';

interface Item {
  readonly seq: number;
  readonly transferId: string;
  readonly projectNo: string;
  readonly destination: string;
  readonly state: string;
  readonly stateZh: string;
  readonly verdictZh: string | null;
  readonly noteZh: string | null;
  readonly endedAt: string | null;
}

const ID = { describe: '批量操作编号（op_…）', type: 'string', demandOption: true } as const;

/** Bulk operations (批量操作): looking at them, and what people decide about them. */
export const addOperations: AddCommand = (program, run) => program.command(
  'operations', '批量操作：列出、查看、逐条结果、开始、暂停、继续、取消、批准、确认结果', (command) => { looking(command, run); verbs(command, run); return command.demandCommand(0); },
);

function looking(program: Program, run: Run): void {
  program
    .command(['list', '$0'], '列出批量操作，最新的在前', (command) => withList(command).option('status', { describe: '状态，如 running', type: 'string' })
      .option('open', { describe: '只看还在进行的', type: 'boolean' }).option('pinned', { describe: '只看置顶的：还在进行，或已结束而没有人确认', type: 'boolean' }),
    run((tools, args) => showList<Operation>(tools, {
      path: '/api/operations', query: { status: args.status, open: args.open, pinned: args.pinned }, none: '没有批量操作。', show: (items) => operationsText(items, tools.out),
    }, args)))
    .command('show <operation>', '一个批量操作：预检、进度、经过', (command) => withWatch(command).positional('operation', ID),
      run((tools, { operation, watch }) => showView<OperationDetail>(tools, { ask: () => tools.api.get(pathOf(operation)), show: (answer) => operationText(answer, tools.out) }, watch)))
    .command('items <operation>', '其中每条投递的预检结论和结果', (command) => withList(command).positional('operation', ID)
      .option('state', { describe: '状态：pending、sent、delivered、failed、discarded、returned、skipped', type: 'string' })
      .option('verdict', { describe: '预检结论：sendable、endpoint-down、duplicate、stale、invalid、beyond-window、waiting、not-returnable', type: 'string' }),
    run((tools, args) => showList<Item>(tools, {
      path: `${pathOf(args.operation)}/items`, query: { state: args.state, verdict: args.verdict }, none: '没有符合条件的。', show: (items) => itemsText(items, tools.out),
    }, args)))
    .command('follow <operation>', '看着它走完；Ctrl-C 不影响它', (command) => command.positional('operation', ID), run((tools, { operation }) => followOperation(tools, operation)))
    .command('start <operation>', '看过预检后开始', (command) => withReason(command).positional('operation', ID)
      .option('yes', { describe: '不问；须同时给出 --confirm-count', type: 'boolean' })
      .option('confirm-count', { describe: '将要投递的条数', type: 'number' })
      .option('detach', { describe: '开始后不等结果', type: 'boolean' }),
    run((tools, { operation, ...args }) => startOperation(tools, operation, args)));
}

const DECISIONS = [
  ['pause', '暂停：不再发新的，已发出的会有结果'], ['resume', '继续'], ['cancel', '取消：尚未发出的全部跳过'], ['approve', '批准他人发起的'],
  ['acknowledge', '确认知悉已结束的操作的结果，不再置顶'],
] as const;

function verbs(program: Program, run: Run): void {
  for (const [verb, zh] of DECISIONS) {
    program.command(`${verb} <operation>`, zh, (command) => withReason(command).positional('operation', ID), run((tools, { operation, reason, ticket }) => decide(tools, operation, verb, { reason, ticket })));
  }
  program.command('rate <operation>', '更改速率和同时在途条数', (command) => withReason(command).positional('operation', ID)
    .option('rate', { describe: '每秒至多投递条数，1–500', type: 'number' }).option('max-in-flight', { describe: '同时在途至多条数，1–1000', type: 'number' }),
  run((tools, { operation, rate, maxInFlight, reason, ticket }) => decide(tools, operation, 'rate', { ratePerSecond: rate, maxInFlight, reason, ticket })));
}

async function decide({ api, out }: Tools, operation: string, verb: string, body: object): Ended {
  const done = await api.write<Operation & { outcomeZh: string }>('POST', `${pathOf(operation)}/${verb}`, body);
  if (out.json) out.answer(done);
  else out.line(`${plain(done.outcomeZh)}：${plain(done.operationId)}（${plain(done.statusZh)}）`);
}

function pathOf(operation: string): string {
  return `/api/operations/${encodeURIComponent(operation)}`;
}

function operationsText(items: readonly Operation[], out: Output): string {
  return out.table(['编号', '做什么', '状态', '选中', '将做', '已做', '失败', '跳过', '发起', '发起人', '理由'], items.map((one) => [
    plain(one.operationId), plain(one.kindZh), out.paint(toneOf(one), `${plain(one.statusZh)}${one.pinned === true && one.finishedAt !== null ? '（未确认）' : ''}`),
    plain(one.progress.frozen), plain(one.preflight.toSend), plain(one.kind === 'replay' ? one.progress.delivered : one.progress.discarded + (one.progress.returned ?? 0)),
    plain(one.progress.failed), plain(one.progress.skipped), longTime(one.createdAt), plain(one.creator), plain(one.reason),
  ]));
}

function itemsText(items: readonly Item[], out: Output): string {
  return out.table(['序号', '投递', '办件', '目的地', '状态', '预检', '详因', '有结果'], items.map((one) => [
    String(one.seq), plain(one.transferId), plain(one.projectNo), plain(one.destination), one.state === 'failed' ? out.paint('bad', plain(one.stateZh)) : plain(one.stateZh),
    plain(one.verdictZh), plain(one.noteZh), shortTime(one.endedAt),
  ]));
}
