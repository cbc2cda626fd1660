import { longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { withList, withPeriod } from './options.ts';
import { showList } from './show.ts';
import type { AddCommand } from './tools.ts';

/** As far as it is shown. */
interface Action {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly actorName: string;
  readonly address: string;
  readonly action: string;
  readonly actionZh: string;
  readonly subjectKindZh: string;
  readonly subject: string;
  readonly reason: string;
  readonly result: string;
  readonly resultZh: string;
}

/** Who did what, when, why, from where (操作记录). */
export const addAudit: AddCommand = (program, run) => program.command(
  'audit', '操作记录：谁、何时、从哪里、对什么、做了什么、为什么、结果（须有 see-audit 权限）', (command) => withPeriod(withList(command))
    .option('actor', { describe: '操作人标识，如 account:3f0c…；见 --json 的 actor', type: 'string' })
    .option('action', { describe: '操作，如 transfer.replayed', type: 'string' })
    .option('subject-kind', { describe: '对象种类，如 transfer、channel、account', type: 'string' })
    .option('subject', { describe: '对象，如 tr_…、intake:410204', type: 'string' }),
  run((tools, args) => showList<Action>(tools, {
    path: '/api/audit', none: '没有符合条件的操作记录。', show: (items) => actionsText(items, tools.out),
    query: { actor: args.actor, action: args.action, subjectKind: args.subjectKind, subject: args.subject, from: args.from, to: args.to },
  }, args)),
);

function actionsText(items: readonly Action[], out: Output): string {
  return out.table(['编号', '时间', '操作人', '从', '操作', '对象', '理由', '结果'], items.map((one) => [
    String(one.seq), longTime(one.at), `${plain(one.actorName)}（${plain(one.actor)}）`, plain(one.address), `${plain(one.actionZh)}（${plain(one.action)}）`, `${plain(one.subjectKindZh)} ${plain(one.subject)}`,
    plain(one.reason), one.result === 'done' ? plain(one.resultZh) : out.paint('warn', plain(one.resultZh)),
  ]));
}
