import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.ts';
import type { Right } from '../../access/rights.ts';
import { digestOfToken } from '../../access/token-digest.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { lockAccount } from '../../ledger/access-account-rows.ts';
import { countApiTokens, insertApiToken } from '../../ledger/access-rows.ts';
import { hasSession } from '../../ledger/access-session-rows.ts';
import { beijingTime } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { brokenQuery, OpsProblem } from '../problems/ops-problem.ts';
import type { ApiTokenMadeAnswer } from './api-token.answer.ts';
import type { MakeApiTokenBody } from './api-token.body.ts';

const DAY_MS = 24 * 3_600_000;
const TOKEN_BYTES = 32;
/** So that a token in a text that should hold none is found. */
const PREFIX = 'jiujin_';
const GOOD_AT_MOST = 20;

/**
 * A person makes a token for scripts. Only somebody who logged in may: a token that could make tokens would outlive its own end. The answer holds the
 * token, so it is never kept for a repetition: the name is what keeps one from being made twice.
 */
@Injectable()
export class MakeApiToken {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  /** @throws OpsProblem `session-needed`, `session-ended`, `api-token-refused`, `query-broken` */
  async run(caller: Caller, { name, rights, validDays, reason, ticket }: MakeApiTokenBody): Promise<ApiTokenMadeAnswer> {
    const { session } = caller;
    if (session === undefined) throw new OpsProblem('session-needed', { detail: 'Log in with a browser to make a token.', detailZh: '请用浏览器登录后创建令牌。' });
    refuseMore(rights, caller.rights);
    const token = PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
    const id = randomUUID();
    const expiresAt = new Date(Date.now() + validDays * DAY_MS);
    await this.ledger.write(async (trx) => {
      await lockAccount(trx, session.accountId);
      // What ended the session a moment ago has revoked every token but this one.
      if (!await hasSession(trx, session.digest)) throw new OpsProblem('session-ended', { detail: 'Log in again.', detailZh: '登录已失效，请重新登录。' });
      if (await countApiTokens(trx, session.accountId) >= GOOD_AT_MOST) throw tooMany();
      if (!await insertApiToken(trx, { id, name, account_id: session.accountId, token_digest: digestOfToken(token), rights, expires_at: expiresAt })) throw nameTaken();
      await recordAction(trx, { caller, action: 'api-token.created', subjectKind: 'api-token', subject: id, reason, result: 'done', facts: { name, rights, expiresAt, ticket } });
    });
    return { outcome: 'created', outcomeZh: '令牌已创建，只显示这一次', tokenId: id, token, expiresAt: beijingTime(expiresAt) };
  }
}

function refuseMore(wanted: readonly Right[], own: ReadonlySet<Right>): void {
  const missing = wanted.filter((right) => !own.has(right));
  if (missing.length > 0) throw brokenQuery([{
    field: 'rights', rule: 'own', zh: `您自己没有这些权限：${missing.join('、')}`, en: `you do not have these yourself: ${missing.join(', ')}`,
  }]);
}

function tooMany(): OpsProblem {
  return new OpsProblem('api-token-refused', { detail: `You have ${GOOD_AT_MOST} tokens; revoke one first.`, detailZh: `您已有 ${GOOD_AT_MOST} 个令牌，请先撤销不用的。` });
}

function nameTaken(): OpsProblem {
  return new OpsProblem('api-token-refused', { detail: 'You have a token of this name; revoke it first, or take another name.', detailZh: '您已有同名的令牌，请先撤销或换一个名称。' });
}
