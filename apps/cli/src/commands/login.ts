import { hostname } from 'node:os';
import { EXIT } from '../exit-codes.ts';
import { BrowserSession } from '../gateway/browser-session.ts';
import { askedUrl } from '../gateway/find-gateway.ts';
import { openByProvider } from '../gateway/oidc-login.ts';
import { CommandError, UsageError } from '../gateway/problems.ts';
import { forgetToken, keepToken, keptToken, tokenFile } from '../gateway/token-store.ts';
import { ask, askSecret, readPiped } from '../terminal/ask.ts';
import { longTime, plain } from '../terminal/plain-text.ts';
import { showView } from './show.ts';
import type { AddCommand, Ended, Tools } from './tools.ts';

interface Who {
  readonly caller: string;
  readonly name: string;
  readonly method: string;
  readonly rights: readonly string[];
  readonly expiresAt: string | null;
}

interface Made {
  readonly tokenId: string;
  readonly token: string;
  readonly expiresAt: string;
}

interface LoginArgs {
  readonly name?: string | undefined;
  readonly rights?: string | undefined;
  readonly days: number;
  readonly passwordStdin?: boolean | undefined;
  readonly oidc?: boolean | undefined;
  readonly browser: boolean;
}

/** Making, keeping and giving back the token by which bridgectl is known (登录). */
export const addLogin: AddCommand = (program, run) => program
  .command('login', '登录：为自己创建访问令牌并存好（~/.config/jiujin，只有自己能读）', (command) => command
    .option('name', { describe: '用户名；不给则询问', type: 'string' })
    .option('rights', { describe: '令牌的权限，逗号分隔；默认为本人全部权限', type: 'string' })
    .option('days', { describe: '有效天数，1–365', type: 'number', default: 30 })
    .option('password-stdin', { describe: '从标准输入读密码', type: 'boolean' })
    .option('oidc', { describe: '用统一身份认证登录：在本机的浏览器中完成', type: 'boolean', conflicts: ['name', 'password-stdin'] })
    .option('browser', { describe: '自动打开浏览器；--no-browser 只显示地址', type: 'boolean', default: true }),
  run((tools, args) => login(tools, args)))
  .command('logout', '撤销并删除所存的令牌', (command) => command, run((tools) => logout(tools)))
  .command('whoami', '我是谁、有哪些权限、令牌从哪里来', (command) => command, run((tools) => showView<Who>(tools, {
    ask: () => tools.api.get<Who>('/api/session'),
    show: ({ caller, name, method, rights }) => tools.out.pairs([['网关', tools.gateway.url], ['令牌', tools.gateway.tokenFrom], ['我是', `${plain(name)}（${plain(caller)}，${plain(method)}）`], ['权限', rights.join('、') || '没有']]),
  })));

async function login(tools: Tools, args: LoginArgs): Ended {
  const { rights, days } = args;
  checkDays(days);
  const { around, out } = tools;
  const url = addressOf(tools);
  const session = new BrowserSession(tools.client(url, null));
  try {
    if (args.oidc === true) await openByProvider(session, tools.client(url, null), around, args.browser);
    else await openByPassword(tools, session, url, args);
    const own = await session.ask<Who>('GET', '/api/session');
    const wanted = wantedOf(rights, own);
    const label = labelOf(new Date());
    const made = await session.ask<Made>('POST', '/api/api-tokens', { name: label, rights: wanted, validDays: days, reason: '在命令行登录（bridgectl login）' });
    const file = tokenFile(around.env, around.home);
    const before = keptToken(file, url);
    keepToken(file, url, { token: made.token, tokenId: made.tokenId, name: label, expiresAt: made.expiresAt });
    if (before !== null) await session.ask('DELETE', `/api/api-tokens/${encodeURIComponent(before.tokenId)}`).catch(() => out.aside('注意：以前的令牌没有撤销成，它到期即失效。'));
    out.line(out.json ? JSON.stringify({ url, tokenId: made.tokenId, name: label, rights: wanted, expiresAt: made.expiresAt, file }) : `已登录 ${url}：${plain(own.name)}，权限 ${wanted.join('、')}，${longTime(made.expiresAt)} 到期。令牌存在 ${file}`);
  } finally {
    await session.close().catch(() => undefined);
  }
}

/** The password is asked for, never given on the command line: there everybody on the machine could read it. */
async function openByPassword(tools: Tools, session: BrowserSession, url: string, { name: given, passwordStdin }: LoginArgs): Promise<void> {
  const { around } = tools;
  const name = given ?? await ask(`${url} 的用户名：`, around);
  const password = passwordStdin === true ? await readPiped(around) : await askSecret('密码：', around);
  await session.open(name, password);
  if (session.mustChangePassword) await newPassword(tools, session, password);
}

function checkDays(days: number): void {
  if (!Number.isInteger(days) || days < 1 || days > 365) throw new UsageError('--days 须为 1–365 的整数');
}

function wantedOf(rights: string | undefined, own: Who): readonly string[] {
  const wanted = rights === undefined ? own.rights : rights.split(',').map((right) => right.trim());
  if (wanted.length === 0) throw new CommandError('您的账号没有任何权限，无法创建令牌；请联系管理员。', EXIT.forbidden);
  return wanted;
}

async function newPassword({ around }: Tools, session: BrowserSession, password: string): Promise<void> {
  around.stderr.write('须先修改密码：现在的密码还有别人知道。新密码至少 12 个字符，不含用户名。\n');
  const fresh = await askSecret('新密码：', around);
  if (fresh !== await askSecret('再输一次：', around)) throw new UsageError('两次输入的新密码不同，密码没有改。');
  await session.changePassword(password, fresh);
}

async function logout(tools: Tools): Ended {
  const { around, out } = tools;
  const url = addressOf(tools);
  const file = tokenFile(around.env, around.home);
  const kept = keptToken(file, url);
  if (kept === null) throw new CommandError(`没有存着 ${url} 的令牌。`);
  // Whatever the gateway says, the token is not kept here any longer.
  forgetToken(file, url);
  await tools.client(url, kept.token).ask('DELETE', `/api/api-tokens/${encodeURIComponent(kept.tokenId)}`);
  out.line(`已退出 ${url}，令牌已撤销。`);
}

/** The address alone: a token that cannot be read must not keep anybody from logging in anew. */
function addressOf({ args, around }: Tools): string {
  return askedUrl({ url: args.url }, around);
}

/** Tells the person's tokens apart: each login makes one. */
function labelOf(now: Date): string {
  const host = hostname().replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 25);
  return `bridgectl ${host} ${now.toISOString().slice(0, 19)}`;
}
