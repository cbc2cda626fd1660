import { longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { instantOf } from './channels.ts';
import { withList, withReason, withWatch } from './options.ts';
import { showList, showView } from './show.ts';
import type { AddCommand, Ended, Program, Run, Tools } from './tools.ts';

/** As far as it is shown. */
export interface Plan {
  readonly planId: string;
  readonly destinationZh: string;
  readonly from: string;
  readonly to: string;
  readonly state: string;
  readonly stateZh: string;
  readonly reason: string;
  readonly ticket: string | null;
  readonly createdBy: string;
  readonly cancelledBy: string | null;
  readonly cancelReason: string | null;
  readonly channels: readonly string[];
  readonly catchUp: { readonly sayZh: string } | null;
}

const ID = { describe: '计划维护编号（mt_…）', type: 'string', demandOption: true } as const;
const WHEN = '带时区的时间，或从现在起 30m、4h、2d';

/** Planned downtimes of the centre and of halls (计划维护). */
export const addMaintenance: AddCommand = (program, run) => program.command(
  'maintenance', '计划维护：列出、查看、登记、改时间、取消', (command) => { looking(command, run); verbs(command, run); return command.demandCommand(0); },
);

function looking(program: Program, run: Run): void {
  program
    .command(['list', '$0'], '列出计划维护，开始时间晚的在前', (command) => withList(command)
      .option('open', { describe: '只看待开始和进行中的', type: 'boolean' })
      .option('destination', { describe: '谁停机：centre 或 hall:大厅代码', type: 'string' }),
    run((tools, args) => showList<Plan>(tools, {
      path: '/api/maintenance', query: { open: args.open, destination: args.destination }, none: '没有计划维护。', show: (items) => plansText(items, tools.out),
    }, args)))
    .command('show <plan>', '一个计划维护：停发的通道、结束后何时补送完', (command) => withWatch(command).positional('plan', ID),
      run((tools, { plan, watch }) => showView<Plan>(tools, { ask: () => tools.api.get(pathOf(plan)), show: (answer) => planText(answer, tools.out) }, watch)));
}

function verbs(program: Program, run: Run): void {
  program
    .command('plan <destination>', '登记：其间停发往该处的投递，相关告警不通知，结束后自动补送', (command) => withReason(command)
      .positional('destination', { describe: '谁停机：centre 或 hall:大厅代码', type: 'string', demandOption: true })
      .option('from', { describe: `开始：${WHEN}；不写即现在`, type: 'string' })
      .option('to', { describe: `结束：${WHEN}`, type: 'string', demandOption: true }),
    run((tools, { destination, reason, ticket, ...times }) => send(tools, 'POST', '/api/maintenance', { destination, reason, ticket, ...timesOf(times) })))
    .command('change <plan>', '改时间；已开始的只能改结束', (command) => withReason(command).positional('plan', ID)
      .option('from', { describe: `新的开始：${WHEN}`, type: 'string' })
      .option('to', { describe: `新的结束：${WHEN}`, type: 'string' }),
    run((tools, { plan, reason, ticket, ...times }) => change(tools, 'PATCH', plan, '', { reason, ticket, ...timesOf(times) })))
    .command('cancel <plan>', '取消，或提前结束', (command) => withReason(command).positional('plan', ID),
      run((tools, { plan, reason, ticket }) => change(tools, 'POST', plan, '/cancel', { reason, ticket })));
}

function timesOf({ from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }): object {
  return { ...(from === undefined ? {} : { from: instantOf(from, Date.now(), '--from') }), ...(to === undefined ? {} : { to: instantOf(to, Date.now(), '--to') }) };
}

/** What is changed is what was seen a moment ago: when somebody came in between, the API says so. */
async function change(tools: Tools, method: 'POST' | 'PATCH', plan: string, verb: string, body: object): Ended {
  const { etag } = await tools.api.ask<Plan>('GET', pathOf(plan));
  return send(tools, method, pathOf(plan) + verb, body, etag === null ? {} : { 'if-match': etag });
}

async function send({ api, out }: Tools, method: 'POST' | 'PATCH', path: string, body: object, headers: Readonly<Record<string, string>> = {}): Ended {
  const done = await api.write<Plan & { readonly outcomeZh: string }>(method, path, body, headers);
  if (out.json) out.answer(done);
  else out.line(`${plain(done.outcomeZh)}：${plain(done.planId)}，${plain(done.destinationZh)}，${longTime(done.from)} 至 ${longTime(done.to)}${done.catchUp === null ? '' : `；${plain(done.catchUp.sayZh)}`}`);
}

function pathOf(plan: string): string {
  return `/api/maintenance/${encodeURIComponent(plan)}`;
}

function plansText(items: readonly Plan[], out: Output): string {
  return out.table(['编号', '谁停机', '状态', '开始', '结束', '登记人和理由', '结束后'], items.map((plan) => [
    plain(plan.planId), plain(plan.destinationZh), plan.state === 'running' ? out.paint('warn', plain(plan.stateZh)) : plain(plan.stateZh), longTime(plan.from), longTime(plan.to),
    `${plain(plan.createdBy)}：${plain(plan.reason)}`, plain(plan.catchUp?.sayZh),
  ]));
}

function planText(plan: Plan, out: Output): string {
  return out.pairs([
    ['计划维护', `${plain(plan.planId)}，${plain(plan.destinationZh)}`], ['状态', plain(plan.stateZh)], ['时间', `${longTime(plan.from)} 至 ${longTime(plan.to)}`],
    ['登记', `${plain(plan.createdBy)}：${plain(plan.reason)}${plan.ticket === null ? '' : `（${plain(plan.ticket)}）`}`],
    ...(plan.cancelledBy === null ? [] : [['取消', `${plain(plan.cancelledBy)}：${plain(plan.cancelReason)}`] as const]),
    ['停发的通道', plan.channels.map(plain).join('、')], ['结束后', plain(plan.catchUp?.sayZh)],
  ]);
}
