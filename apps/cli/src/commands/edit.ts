import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { CommandError } from '../gateway/problems.ts';
import { plain } from '../terminal/plain-text.ts';
import { confirm } from './confirm.ts';
import { changesOf, withChanges } from './edit-changes.ts';
import type { Change, TypedChanges } from './edit-changes.ts';
import { addDecisions } from './edit-decisions.ts';
import type { EditCheck, Form } from './edit-form.ts';
import { checkText, formText } from './edit-text.ts';
import { withReason } from './options.ts';
import { showView } from './show.ts';
import type { AddCommand, Program, Run, Tools } from './tools.ts';

interface Submitted {
  readonly outcome: string;
  readonly outcomeZh: string;
  readonly transferId: string;
  readonly revision: number;
  readonly attempt: number | null;
  readonly editId: string | null;
}

interface SubmitArgs extends TypedChanges {
  readonly transfer: string;
  readonly reason: string;
  readonly ticket?: string | undefined;
  readonly revision?: number | undefined;
  readonly override?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

const TRANSFER = { describe: '投递编号（tr_…）', type: 'string', demandOption: true } as const;

/** Mending a failed transfer by hand (更正): its form, a trial, the edit itself, and what a second person decides. */
export const addEdit: AddCommand = (program, run) => program.command('edit', '更正一条失败的投递：表单、试算、提交；待批准的：列出、查看、揭示、批准、驳回、撤回', (command) => {
  making(command, run);
  addDecisions(command, run);
  return command.demandCommand(1, '请给出 form、preview、submit、pending、show、reveal、approve、reject 或 withdraw。');
});

function making(program: Program, run: Run): void {
  program
    .command('form <transfer>', '更正用的表单：字段、现值（已脱敏）、能否更改、可选值；查看留痕', (command) => command.positional('transfer', TRANSFER),
      run((tools, { transfer }) => showView<Form>(tools, { ask: async () => (await readForm(tools, transfer)).form, show: (form) => formText(form, tools.out) })))
    .command('preview <transfer>', '试算：逐个字段校验、前后对比，不改任何东西；不能提交时退出码 3', (command) => withChanges(command).positional('transfer', TRANSFER),
      run((tools, args) => preview(tools, args)))
    .command('submit <transfer>', '提交更正：看过对比、键入 y 后按原编号发出；关系到款项的等他人批准（退出码 3）', (command) => withReason(withChanges(command)).positional('transfer', TRANSFER)
      .option('revision', { describe: '看表单时的修订号；其间有人更正就不提交', type: 'number' })
      .option('override', { describe: '超出对方识别重复的期限也发（须有批准权限）', type: 'boolean' })
      .option('yes', { describe: '不问', type: 'boolean' }),
    run((tools, args) => submit(tools, args)));
}

async function preview(tools: Tools, args: TypedChanges & { readonly transfer: string }): Promise<ExitCode> {
  const { form } = await readForm(tools, args.transfer);
  const changes = await changesOf(args, form.fields, tools);
  return showView<EditCheck>(tools, {
    ask: () => check(tools, args.transfer, changes), show: (checked) => `${checkText(checked, tools.out)}\n修订 ${form.revision}：提交时可带 --revision ${form.revision}`,
    judge: ({ sound }) => (sound ? EXIT.ok : EXIT.bad),
  });
}

/** What is changed is what was read a moment ago, or what the person says to have seen; when somebody came in between, the API says so. */
async function submit(tools: Tools, args: SubmitArgs): Promise<ExitCode> {
  const { out } = tools;
  const { transfer, reason, ticket, override } = args;
  const { form, etag } = await readForm(tools, transfer);
  const changes = await changesOf(args, form.fields, tools);
  const checked = await check(tools, transfer, changes);
  // Scripts get the outcome alone on stdout.
  if (out.json) out.aside(checkText(checked, out));
  else out.line(checkText(checked, out));
  if (!checked.sound) throw new CommandError('没有提交。', EXIT.usage, `允许的值见 bridgectl edit form ${transfer}。`);
  if (args.yes !== true) await confirm(tools, `将更正 ${transfer}（修订 ${form.revision}）的 ${checked.diff.length} 处${checked.needsApproval ? '，交他人批准' : '，并按原编号发出'}。键入 y 以提交：`, '没有提交。');
  const seen = args.revision === undefined ? etag : `"${args.revision}"`;
  const done = await tools.api.write<Submitted>('POST', `${pathOf(transfer)}/edit`, { changes, reason, ticket, ...(override === true ? { override } : {}) }, seen === null ? {} : { 'if-match': seen });
  return tell(tools, done);
}

function tell({ out }: Tools, done: Submitted): ExitCode {
  if (out.json) out.answer(done);
  else out.line(`${plain(done.outcomeZh)}：${plain(done.transferId)}，修订 ${done.revision}${done.attempt === null ? '' : `，第 ${done.attempt} 次尝试`}`);
  if (done.outcome !== 'awaiting-approval') return EXIT.ok;
  out.aside(`→ 请另一人看过后批准：bridgectl edit show ${plain(done.editId)}，bridgectl edit approve ${plain(done.editId)} --reason …`);
  return EXIT.bad;
}

async function readForm({ api }: Tools, transfer: string): Promise<{ form: Form; etag: string | null }> {
  const { body, etag } = await api.ask<Form>('GET', `${pathOf(transfer)}/form`);
  return { form: body, etag };
}

function check({ api }: Tools, transfer: string, changes: readonly Change[]): Promise<EditCheck> {
  return api.write<EditCheck>('POST', `${pathOf(transfer)}/edit/check`, { changes });
}

function pathOf(transfer: string): string {
  return `/api/transfers/${encodeURIComponent(transfer)}`;
}
