import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { CommandError, UsageError } from '../gateway/problems.ts';
import { plain, shortTime } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { withList } from './options.ts';
import { showList, showView } from './show.ts';
import type { ListArgs } from './show.ts';
import type { AddCommand, Ended, Program, Run, Tools } from './tools.ts';
import { VIEW_LISTS, VIEW_SCREENS } from './view-lists.ts';
import type { ViewScreen } from './view-lists.ts';

/** As far as it is shown. */
interface SavedView {
  readonly viewId: string;
  readonly name: string;
  readonly screen: ViewScreen;
  readonly screenZh: string;
  readonly query: Readonly<Record<string, string>>;
  readonly shared: boolean;
  readonly own: boolean;
  readonly owner: string;
  readonly version: number;
  readonly updatedAt: string;
}

type Changed = SavedView & { readonly outcomeZh: string };

const NAME = { describe: '名称或编号（sv_…）', type: 'string', demandOption: true } as const;
const SCREEN = { describe: '哪个界面的', choices: VIEW_SCREENS } as const;

/** Searches that people keep (保存的检索), their own and shared ones. */
export const addViews: AddCommand = (program, run) => program.command(
  'views', '保存的检索：列出、运行、保存、删除', (command) => { looking(command, run); verbs(command, run); return command.demandCommand(0); },
);

function looking(program: Program, run: Run): void {
  program
    .command(['list', '$0'], '自己保存的和别人共享的', (command) => command.option('screen', SCREEN),
      run((tools, { screen }) => showView(tools, { ask: () => listViews(tools, screen), json: (items) => ({ items }), show: (items) => (items.length === 0 ? '还没有保存的检索。' : viewsText(items, tools.out)) })))
    .command('run <name>', '按保存的检索查询', (command) => withList(command).positional('name', NAME).option('screen', SCREEN),
      run(async (tools, { name, screen, ...args }) => runView(tools, await findView(tools, name, screen), args)));
}

function verbs(program: Program, run: Run): void {
  program
    .command('save <name>', '保存一个检索', (command) => command.positional('name', { describe: '名称，1–40 个字', type: 'string', demandOption: true })
      .option('screen', { ...SCREEN, default: 'cases' as const })
      .option('q', { describe: '检索式（办件、投递）；写法见 docs/search.md', type: 'string' })
      .option('filter', { describe: '该列表接口的其他参数，如 --filter status=open；可写多次', type: 'string', array: true, nargs: 1, default: [] as string[] })
      .option('shared', { describe: '给所有人看；--no-shared 只给自己看。不写：新的只给自己看，--replace 的照旧', type: 'boolean' })
      .option('replace', { describe: '自己已有同名的，改成这样', type: 'boolean', default: false }),
    run((tools, { name, screen, q, filter, shared, replace }) => save(tools, { name, screen, query: queryOf(q, filter) }, shared, replace)))
    .command('delete <name>', '删除一个自己保存的检索', (command) => command.positional('name', NAME).option('screen', SCREEN),
      run(async (tools, { name, screen }) => remove(tools, await findView(tools, name, screen))));
}

async function listViews({ api }: Tools, screen: ViewScreen | undefined): Promise<readonly SavedView[]> {
  return (await api.get<{ readonly items: readonly SavedView[] }>('/api/saved-views', { screen })).items;
}

/** By id, or by name: one's own before what others share. */
async function findView(tools: Tools, name: string, screen: ViewScreen | undefined): Promise<SavedView> {
  const all = await listViews(tools, screen);
  const named = all.filter((view) => view.viewId === name || view.name === name);
  const own = named.filter((view) => view.own);
  const [one, another] = own.length > 0 ? own : named;
  if (one === undefined) throw new CommandError(`没有保存的检索“${plain(name)}”`, EXIT.error, '看有哪些：bridgectl views');
  if (another !== undefined) throw new UsageError(`叫“${plain(name)}”的不止一个`, '加 --screen，或写编号（sv_…，bridgectl views 所示）。');
  return one;
}

/** Its list as it is now, with the same pages and forms as the list's own command. */
function runView(tools: Tools, { screen, query, name }: SavedView, args: ListArgs): Promise<ExitCode> {
  const list = VIEW_LISTS[screen];
  return showList<never>(tools, { path: list.path, query, none: `“${plain(name)}”现在没有符合的。`, show: (items) => list.show(items, tools.out) }, args);
}

/** `status=open` as a parameter. */
export function queryOf(q: string | undefined, filters: readonly string[]): Record<string, string> {
  const given = filters.map((filter): [string, string] => {
    const at = filter.indexOf('=');
    if (at <= 0) throw new UsageError(`--filter 须写作 参数=值：“${plain(filter)}”`);
    return [filter.slice(0, at), filter.slice(at + 1)];
  });
  return { ...(q === undefined ? {} : { q }), ...Object.fromEntries(given) };
}

/** What everybody looks at is not taken from them by a change that does not say so. */
async function save(tools: Tools, view: Pick<SavedView, 'name' | 'screen' | 'query'>, wanted: boolean | undefined, replace: boolean): Ended {
  const before = replace ? (await listViews(tools, view.screen)).find(({ own, name }) => own && name === view.name) : undefined;
  const body = { ...view, shared: wanted ?? before?.shared ?? false };
  tell(tools, before === undefined ? await tools.api.write<Changed>('POST', '/api/saved-views', body) : await tools.api.write<Changed>('PUT', pathOf(before), body, ifMatch(before)));
}

async function remove(tools: Tools, view: SavedView): Ended {
  const { body } = await tools.api.ask<Changed>('DELETE', pathOf(view), ifMatch(view));
  tell(tools, body);
}

function tell({ out }: Tools, done: Changed): void {
  if (out.json) out.answer(done);
  else out.line(`${plain(done.outcomeZh)}：${plain(done.name)}（${plain(done.screenZh)}，${plain(done.viewId)}）`);
}

function pathOf({ viewId }: SavedView): string {
  return `/api/saved-views/${encodeURIComponent(viewId)}`;
}

function ifMatch({ version }: SavedView): Record<string, string> {
  return { 'if-match': `"${version}"` };
}

function viewsText(items: readonly SavedView[], out: Output): string {
  return out.table(['名称', '界面', '条件', '谁的', '更改', '编号'], items.map((view) => [
    plain(view.name), plain(view.screenZh), Object.entries(view.query).map(([name, value]) => (name === 'q' ? plain(value) : `${plain(name)}=${plain(value)}`)).join(' '),
    `${view.own ? '自己' : plain(view.owner)}${view.shared ? '（共享）' : ''}`, shortTime(view.updatedAt), plain(view.viewId),
  ]));
}
