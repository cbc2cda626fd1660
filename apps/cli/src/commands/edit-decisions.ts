import type { Argv } from 'yargs';
import { EXIT } from '../exit-codes.ts';
import { eachPage } from '../gateway/pages.ts';
import { CommandError } from '../gateway/problems.ts';
import { longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { confirm } from './confirm.ts';
import type { EditDetail, PendingEdit } from './edit-form.ts';
import { diffText, editText, pendingText } from './edit-text.ts';
import { withList, withReason } from './options.ts';
import { showList, showView } from './show.ts';
import type { Ended, Program, Run, SharedArgs, Tools } from './tools.ts';

interface Decided {
  readonly outcomeZh: string;
  readonly transferId: string;
  readonly revision: number;
  readonly attempt: number | null;
}

interface Revealed {
  readonly expiresAt: string;
  readonly fields: readonly { readonly path: string; readonly value: string | number | boolean | null }[];
}

interface DecideArgs {
  readonly edit: string;
  readonly transfer?: string | undefined;
  readonly reason: string;
  readonly ticket?: string | undefined;
}

const MASKED = '*';

/** What a second person does with an edit that touches money, and its author with what they proposed. */
export function addDecisions(program: Program, run: Run): void {
  looking(program, run);
  program
    .command('approve <edit>', '批准他人的更正，随即按原编号发出；看过对比、键入 y 后', (command) => withReason(whichEdit(command))
      .option('override', { describe: '已向对方核实：超出其识别重复的期限也发', type: 'boolean' }).option('yes', { describe: '不看、不问', type: 'boolean' }),
    run((tools, args) => approve(tools, args)))
    .command('reject <edit>', '驳回他人的更正，没有改动', (command) => withReason(whichEdit(command)), run((tools, args) => decide(tools, args, 'reject')))
    .command('withdraw <edit>', '撤回自己提出的更正，没有改动', (command) => withReason(whichEdit(command)), run((tools, args) => withdraw(tools, args)));
}

function looking(program: Program, run: Run): void {
  program
    .command('pending', '等待他人批准的更正，最早的在前；不含值', (command) => withList(command),
      run((tools, args) => showList<PendingEdit>(tools, { path: '/api/edits', query: {}, none: '没有待批准的更正。', show: (items) => pendingText(items, tools.out) }, args)))
    .command('show <edit>', '一次更正：前后对比（已脱敏）、状态；查看留痕', (command) => whichEdit(command),
      run((tools, args) => showView<EditDetail>(tools, { ask: () => detail(tools, args), show: (one) => editText(one, tools.out) })))
    .command('reveal <edit>', '揭示更正的原值和新值，供批准前核对（须有 reveal-personal 权限，留痕）', (command) => withReason(whichEdit(command))
      .option('field', { describe: '字段路径，可给几次；不给为全部脱敏的', type: 'string', array: true, nargs: 1 }),
    run((tools, args) => reveal(tools, args, args.field)));
}

function whichEdit<A extends SharedArgs>(command: Argv<A>) {
  return command
    .positional('edit', { describe: '更正编号（ed_…）', type: 'string', demandOption: true })
    .option('transfer', { describe: '它的投递编号；已有结果的更正须给出', type: 'string' });
}

async function approve(tools: Tools, args: DecideArgs & { readonly override?: boolean | undefined; readonly yes?: boolean | undefined }): Ended {
  const { out } = tools;
  if (args.yes !== true) {
    const { diff, transferId } = await detail(tools, args);
    if (out.json) out.aside(diffText(diff, out));
    else out.line(diffText(diff, out));
    if (diff.some(isMasked)) out.aside(`脱敏的值核对原文：bridgectl edit reveal ${args.edit} --reason …`);
    await confirm(tools, `将批准对 ${plain(transferId)} 的更正，随即发出。键入 y 以批准：`, '没有批准。');
  }
  return decide(tools, args, 'approve', args.override === true ? { override: true } : {});
}

async function decide(tools: Tools, args: DecideArgs, verb: 'approve' | 'reject', more: object = {}): Ended {
  const { reason, ticket } = args;
  const done = await tools.api.write<Decided>('POST', `${await pathOf(tools, args)}/${verb}`, { reason, ticket, ...more });
  if (tools.out.json) tools.out.answer(done);
  else tools.out.line(`${plain(done.outcomeZh)}：${plain(done.transferId)}，修订 ${done.revision}${done.attempt === null ? '' : `，第 ${done.attempt} 次尝试`}`);
}

/** The API lets everybody who may edit close an edit; to withdraw is to close one's own, and a slip must not close another's. */
async function withdraw(tools: Tools, args: DecideArgs): Ended {
  const { author, own } = await detail(tools, args);
  if (!own) throw new CommandError(`这是 ${plain(author)} 提出的，不是您；没有撤回。`, EXIT.error, `要驳回他人的：bridgectl edit reject ${args.edit} --reason …`);
  return decide(tools, args, 'reject');
}

async function reveal(tools: Tools, args: DecideArgs, fields: readonly string[] | undefined): Ended {
  const { api, out } = tools;
  const { reason, ticket } = args;
  const wanted = fields ?? (await detail(tools, args)).diff.filter(isMasked).map(({ path }) => path);
  if (wanted.length === 0) throw new CommandError('这次更正没有脱敏的值，无须揭示。', EXIT.error, `bridgectl edit show ${args.edit} 已显示全部。`);
  const { revealId } = await api.write<{ revealId: string }>('POST', `${await pathOf(tools, args)}/reveal`, { reason, ticket, fields: wanted });
  const seen = await api.get<Revealed>(`/api/reveals/${encodeURIComponent(revealId)}`);
  if (out.json) out.answer(seen);
  else out.line(`${revealedText(seen, out)}\n${out.paint('dim', `到 ${longTime(seen.expiresAt)} 为止仅供本人查看，请勿抄出。`)}`);
}

function revealedText({ fields }: Revealed, out: Output): string {
  const values = new Map(fields.map(({ path, value }) => [path, value]));
  const paths = [...new Set(fields.map(({ path }) => path.replace(/^(?:before|after)\./, '')))];
  return out.table(['字段', '原值', '新值'], paths.map((path) => [plain(path), plain(values.get(`before.${path}`)), plain(values.get(`after.${path}`))]));
}

function isMasked({ before, after }: EditDetail['diff'][number]): boolean {
  return [before, after].some((value) => typeof value === 'string' && value.includes(MASKED));
}

async function detail(tools: Tools, which: Pick<DecideArgs, 'edit' | 'transfer'>): Promise<EditDetail> {
  return tools.api.get<EditDetail>(await pathOf(tools, which));
}

/** The API knows an edit under its transfer; those that wait are found by their own id. */
async function pathOf({ api }: Tools, { edit, transfer }: Pick<DecideArgs, 'edit' | 'transfer'>): Promise<string> {
  const found = transfer ?? (await findPending(api, edit)).transferId;
  return `/api/transfers/${encodeURIComponent(found)}/edit/${encodeURIComponent(edit)}`;
}

async function findPending(api: Tools['api'], edit: string): Promise<PendingEdit> {
  for await (const { items } of eachPage<PendingEdit>(api, '/api/edits', {})) {
    const found = items.find(({ editId }) => editId === edit);
    if (found !== undefined) return found;
  }
  throw new CommandError(`待批准的更正中没有 ${plain(edit)}`, EXIT.error, '待批准的见 bridgectl edit pending；已有结果或已作废的请用 --transfer 给出投递编号。');
}
