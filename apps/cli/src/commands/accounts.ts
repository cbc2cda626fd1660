import type { Argv } from 'yargs';
import { eachPage } from '../gateway/pages.ts';
import { CommandError } from '../gateway/problems.ts';
import { longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { withList, withReason } from './options.ts';
import { showList, showView } from './show.ts';
import type { AddCommand, Ended, Program, Run, SharedArgs, Tools } from './tools.ts';

/** As far as it is shown. */
interface Account {
  readonly accountId: string;
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly source: string;
  readonly mustChangePassword: boolean;
  readonly lockedUntil: string | null;
  readonly disabledAt: string | null;
  readonly createdAt: string;
  readonly lastLoginAt: string | null;
}

interface Changed {
  readonly outcomeZh: string;
  readonly account: Account;
  readonly oneTimePassword: string | null;
}

const WHOSE = { describe: '用户名或账号标识', type: 'string', demandOption: true } as const;
const ROLES = { describe: '角色，逗号分隔：viewer、operator、supervisor、auditor、administrator；- 为没有', type: 'string', demandOption: true } as const;

const VERBS = [
  ['disable', '停用：会话和令牌即时失效'], ['enable', '重新启用'], ['unlock', '解除密码连续错误的锁定'], ['reset-password', '重置密码；一次性密码只显示这一次'],
] as const;

/** Who may come in, and as what (账号). */
export const addAccounts: AddCommand = (program, run) => program.command(
  'accounts', '账号：列出、查看、创建、改角色、停用、启用、解锁、重置密码（须有 manage-access 权限）', (command) => { looking(command, run); changing(command, run); return command.demandCommand(0); },
);

function looking(program: Program, run: Run): void {
  program
    .command(['list', '$0'], '列出账号', (command) => withList(command), run((tools, args) => showList<Account>(tools, {
      path: '/api/accounts', none: '没有账号。', show: (items) => accountsText(items, tools.out), query: {},
    }, args)))
    .command('show <account>', '一个账号', (command) => whose(command), run((tools, { account }) => showView<Account>(tools, {
      ask: async () => (await tools.api.get<Account>(`/api/accounts/${await idOf(tools, account)}`)), show: (one) => accountText(one, tools.out),
    })));
}

function changing(program: Program, run: Run): void {
  program
    .command('create <name>', '创建本系统账号；一次性密码只显示这一次', (command) => withReason(command)
      .positional('name', { describe: '用户名：小写字母、数字、. _ -', type: 'string', demandOption: true })
      .option('display-name', { describe: '显示名称', type: 'string', demandOption: true }).option('roles', ROLES),
    run(async (tools, { name, displayName, roles, reason, ticket }) => tell(tools, await tools.api.write<Changed>('POST', '/api/accounts', { name, displayName, roles: rolesOf(roles), reason, ticket }))))
    .command('roles <account> <roles>', '更改角色，即时生效', (command) => whose(withReason(command)).positional('roles', ROLES),
      run((tools, { account, roles, reason, ticket }) => change(tools, account, ['PUT', 'roles'], { roles: rolesOf(roles), reason, ticket })));
  for (const [verb, zh] of VERBS) {
    program.command(`${verb} <account>`, zh, (command) => whose(withReason(command)), run((tools, { account, reason, ticket }) => change(tools, account, ['POST', verb], { reason, ticket })));
  }
}

function whose<A extends SharedArgs>(command: Argv<A>) {
  return command.positional('account', WHOSE);
}

/** What is changed is what was seen a moment ago: when somebody came in between, the API says so. */
async function change(tools: Tools, account: string, [method, verb]: readonly ['PUT' | 'POST', string], body: object): Ended {
  const path = `/api/accounts/${await idOf(tools, account)}`;
  const { etag } = await tools.api.ask<Account>('GET', path);
  tell(tools, await tools.api.write<Changed>(method, `${path}/${verb}`, body, etag === null ? {} : { 'if-match': etag }));
}

/** The password goes to stdout alone, where whoever asked for it looks; nothing keeps it. */
function tell({ out }: Tools, changed: Changed): void {
  if (out.json) return out.answer(changed);
  out.line(`${plain(changed.outcomeZh)}：${plain(changed.account.name)}（${changed.account.roles.join('、') || '没有角色'}）`);
  if (changed.oneTimePassword !== null) out.line(`一次性密码（只显示这一次）：${changed.oneTimePassword}`);
}

const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** The API knows accounts by their ids, people by their names. */
async function idOf(tools: Tools, account: string): Promise<string> {
  if (ID.test(account)) return account;
  for await (const { items } of eachPage<Account>(tools.api, '/api/accounts', {})) {
    const found = items.find(({ name }) => name === account);
    if (found !== undefined) return found.accountId;
  }
  throw new CommandError(`没有用户名为“${account}”的账号`, undefined, 'bridgectl accounts 列出全部账号。');
}

function rolesOf(text: string): string[] {
  return text === '-' ? [] : text.split(',').map((role) => role.trim());
}

function stateOf({ disabledAt, lockedUntil, mustChangePassword }: Account): string {
  if (disabledAt !== null) return '停用';
  if (lockedUntil !== null && Date.parse(lockedUntil) > Date.now()) return `锁定至 ${longTime(lockedUntil)}`;
  return mustChangePassword ? '须改密码' : '在用';
}

function accountsText(items: readonly Account[], out: Output): string {
  return out.table(['用户名', '显示名称', '角色', '来源', '状态', '最近登录', '标识'], items.map((one) => [
    plain(one.name), plain(one.displayName), plain(one.roles.join('、')), plain(one.source), one.disabledAt === null ? stateOf(one) : out.paint('dim', stateOf(one)), longTime(one.lastLoginAt), plain(one.accountId),
  ]));
}

function accountText(one: Account, out: Output): string {
  return out.pairs([
    ['用户名', plain(one.name)], ['显示名称', plain(one.displayName)], ['角色', plain(one.roles.join('、'))], ['来源', plain(one.source)], ['状态', stateOf(one)],
    ['创建', longTime(one.createdAt)], ['最近登录', longTime(one.lastLoginAt)], ['标识', plain(one.accountId)],
  ]);
}
