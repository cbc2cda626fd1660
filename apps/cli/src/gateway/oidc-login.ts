import { spawn } from 'node:child_process';
import { EXIT } from '../exit-codes.ts';
import type { Surroundings } from '../surroundings.ts';
import type { BrowserSession } from './browser-session.ts';
import type { GatewayClient } from './gateway-client.ts';
import { Loopback } from './loopback.ts';
import { CommandError } from './problems.ts';

interface Methods {
  readonly oidcUrl?: string | null;
}

const REASONS: Readonly<Record<string, string>> = {
  'oidc-refused': '身份认证未通过，或账号在网关上已停用。',
  'oidc-no-role': '身份已确认，但您的组别在网关上没有对应的角色；请联系管理员。',
  'oidc-roles-apart': '您的组别对应了不能兼任的角色（管理员与值班、主管）；请联系统一身份认证的管理员。',
  'oidc-unavailable': '网关暂时连不上统一身份认证，请稍后再试。',
};

/** Opens a session for whom the identity provider knows (统一身份认证): the person signs in with a browser on this machine, and no password passes through here. */
export async function openByProvider(session: BrowserSession, api: GatewayClient, around: Pick<Surroundings, 'stderr' | 'interrupted'>, opensBrowser: boolean): Promise<void> {
  const { oidcUrl = null } = await api.get<Methods>('/api/session/methods');
  const start = oidcUrl === null ? null : URL.parse(oidcUrl);
  if (start === null || !/^https?:$/.test(start.protocol)) throw new CommandError('此网关没有配置统一身份认证。', EXIT.error, '用用户名和密码登录：bridgectl login。');
  const loopback = await Loopback.open();
  try {
    start.search = loopback.query;
    around.stderr.write(`请在本机的浏览器中登录：\n${start.href}\n`);
    if (opensBrowser) openBrowser(start.href);
    const answer = await loopback.answer(around.interrupted);
    if ('error' in answer) throw new CommandError(`统一身份认证登录没有成功：${REASONS[answer.error] ?? '原因见网关日志。'}`, EXIT.forbidden);
    await session.openByCode(answer.code, loopback.verifier);
  } finally {
    loopback.close();
  }
}

/** How each system opens an address; no shell reads it. */
const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = { darwin: ['open'], win32: ['rundll32', 'url.dll,FileProtocolHandler'] };

/** The address is on the screen as well: a machine without a browser is no error. */
function openBrowser(url: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  spawn(program, [...args, url], { stdio: 'ignore', detached: true }).once('error', () => undefined).unref();
}
