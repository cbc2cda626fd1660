import { longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { withList } from './options.ts';
import { showList } from './show.ts';
import type { AddCommand, Ended, Tools } from './tools.ts';

/** As far as it is shown; the token itself is told only to who makes it. */
interface ApiToken {
  readonly tokenId: string;
  readonly name: string;
  readonly person: string;
  readonly rights: readonly string[];
  readonly state: string;
  readonly expiresAt: string;
  readonly lastUsedAt: string | null;
}

const STATES: Readonly<Record<string, string>> = { good: '有效', waiting: '等本人登录', expired: '已到期', revoked: '已撤销' };

/** Tokens for scripts (访问令牌). Made by `bridgectl login`: only somebody who logged in may make one. */
export const addTokens: AddCommand = (program, run) => program.command('tokens', '访问令牌：列出、撤销；创建用 bridgectl login', (command) => command
  .command(['list', '$0'], '列出自己的令牌，最新的在前', (list) => withList(list).option('everybody', { describe: '所有人的（须有 manage-access 权限）', type: 'boolean' }),
    run((tools, args) => showList<ApiToken>(tools, {
      path: '/api/api-tokens', none: '没有令牌。', show: (items) => tokensText(items, tools.out), query: { of: args.everybody === true ? 'everybody' : undefined },
    }, args)))
  .command('revoke <token-id>', '撤销，即时失效', (revoke) => revoke.positional('token-id', { describe: '令牌标识（不是令牌本身）', type: 'string', demandOption: true }),
    run((tools, { tokenId }) => revokeToken(tools, tokenId)))
  .demandCommand(0));

async function revokeToken({ api, out }: Tools, tokenId: string): Ended {
  const { body } = await api.ask<{ outcomeZh: string }>('DELETE', `/api/api-tokens/${encodeURIComponent(tokenId)}`);
  if (out.json) out.answer(body);
  else out.line(`${plain(body.outcomeZh)}：${plain(tokenId)}`);
}

function tokensText(items: readonly ApiToken[], out: Output): string {
  return out.table(['标识', '用途', '所属', '状态', '到期', '最近使用', '权限'], items.map((one) => [
    plain(one.tokenId), plain(one.name), plain(one.person), out.paint(one.state === 'good' ? 'good' : 'dim', STATES[one.state] ?? plain(one.state)), longTime(one.expiresAt), longTime(one.lastUsedAt), plain(one.rights.join('、')),
  ]));
}
