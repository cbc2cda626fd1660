import { plain, shortTime } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { failureText, sparkline } from './failure-text.ts';
import type { FailureGroup, FailureGroupDetail } from './failure-text.ts';
import { checkConfirmation } from './confirm-count.ts';
import { withList, withReason, withWatch } from './options.ts';
import { itemsOf } from './return.ts';
import { showList, showView } from './show.ts';
import { createOperation } from './start-operation.ts';
import type { AddCommand, Ended, Program, Run, Tools } from './tools.ts';

interface Changed {
  readonly outcomeZh: string;
  readonly groupId: string;
  readonly statusZh: string;
  readonly owner: string | null;
}

/** A failure group for its positional. */
const GROUP = { describe: '失败分组编号（fg_…）', type: 'string', demandOption: true } as const;

const CHANGES = [
  ['ack', 'acknowledged', '确认：看到了'],
  ['start', 'in-progress', '处理中'],
  ['resolve', 'resolved', '已解决；再失败即复发'],
  ['ignore', 'ignored', '忽略'],
] as const;

/** What failed, by cause (失败分组). */
export const addFailures: AddCommand = (program, run) => program.command(
  'failures', '失败分组：列出、查看、确认、指派、解决、忽略、退回大厅', (command) => { listing(command, run); verbs(command, run); returning(command, run); return command.demandCommand(0); },
);

function listing(program: Program, run: Run): void {
  program.command(['list', '$0'], '列出失败分组，最近失败的在前', (command) => withList(command)
    .option('status', { describe: '状态：new、acknowledged、in-progress、resolved、ignored', type: 'string' })
    .option('class', { describe: '责任方：ours、hall、centre、data', type: 'string' })
    .option('destination', { describe: '目的地：centre 或 hall:大厅代码', type: 'string' })
    .option('hall', { describe: '大厅代码', type: 'string' })
    .option('since', { describe: '此后还失败过的', type: 'string' }),
  run((tools, args) => showList<FailureGroup>(tools, {
    path: '/api/failure-groups', none: '没有失败分组。', show: (items) => groupsText(items, tools.out),
    query: { status: args.status, class: args.class, destination: args.destination, hall: args.hall, since: args.since },
  }, args)));
}

function verbs(program: Program, run: Run): void {
  program.command('show <group>', '一个失败分组：原因、责任方、联系人、举例、经过', (command) => withWatch(command).positional('group', GROUP),
    run((tools, { group, watch }) => showView<FailureGroupDetail>(tools, { ask: () => tools.api.get(pathOf(group)), show: (answer) => failureText(answer, tools.out) }, watch)));
  for (const [verb, status, zh] of CHANGES) {
    program.command(`${verb} <group>`, zh, (command) => withReason(command).positional('group', GROUP), run((tools, { group, reason, ticket }) => change(tools, group, { status, reason, ticket })));
  }
  program.command('assign <group> <owner>', '指派负责人；- 为无人负责', (command) => withReason(command).positional('group', GROUP)
    .positional('owner', { describe: '姓名或账号', type: 'string', demandOption: true }),
  run((tools, { group, owner, reason, ticket }) => change(tools, group, { owner: owner === '-' ? null : owner, reason, ticket })));
}

/** The whole group goes back to its halls, in one operation. */
function returning(program: Program, run: Run): void {
  program.command('return <group>', '把整组退回各自的大厅更正（批量操作），须写明哪里不对', (command) => withReason(command).positional('group', GROUP)
    .option('field', { describe: '字段路径=问题，可给几次；原样告知大厅', type: 'string', array: true, nargs: 1 })
    .option('material', { describe: '材料编码=问题，可给几次；原样告知大厅', type: 'string', array: true, nargs: 1 })
    .option('yes', { describe: '不问；须同时给出 --confirm-count', type: 'boolean' }).option('confirm-count', { describe: '将要退回的条数，与预检不符即不退', type: 'number' })
    .option('rate', { describe: '每秒至多条数，默认 50', type: 'number' })
    .option('detach', { describe: '开始后不等结果', type: 'boolean' }),
  run((tools, { group, field, material, rate, ...args }) => {
    checkConfirmation(args);
    const wish = { kind: 'return', selection: { failureGroup: group }, return: { items: itemsOf(field ?? [], material ?? []) }, ratePerSecond: rate };
    return createOperation(tools, wish, args);
  }));
}

async function change({ api, out }: Tools, group: string, body: object): Ended {
  const { etag } = await api.ask<FailureGroupDetail>('GET', pathOf(group));
  const changed = await api.write<Changed>('PATCH', pathOf(group), body, etag === null ? {} : { 'if-match': etag });
  if (out.json) out.answer(changed);
  else out.line(`${plain(changed.outcomeZh)}：${plain(changed.groupId)} ${plain(changed.statusZh)}，负责人 ${plain(changed.owner)}`);
}

function pathOf(group: string): string {
  return `/api/failure-groups/${encodeURIComponent(group)}`;
}

function groupsText(items: readonly FailureGroup[], out: Output): string {
  return out.table(['编号', '状态', '责任方', '投往', '内容', '错误', '失败着', '办件', '次数', '最近', '24 小时'], items.map((one) => [
    plain(one.groupId), one.status === 'new' ? out.paint('bad', plain(one.statusZh)) : plain(one.statusZh), plain(one.classZh), plain(one.destinationZh), plain(one.transferKindZh),
    plain(one.errorCode ?? one.text), `${one.failedNow}${one.capped ? '+' : ''}`, plain(one.casesNow), plain(one.occurrences), shortTime(one.lastSeenAt), sparkline(one.hours),
  ]));
}
