import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { recordAction } from '../evidence/record-action.ts';
import { changeAccount, findAccount } from '../ledger/access-account-rows.ts';
import type { AccountRow } from '../ledger/access-account-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { OPS_POOL } from '../ops-pool.token.ts';
import { OpsLedger } from '../ops-api/ops-ledger.ts';
import { brokenQuery, OpsProblem } from '../ops-api/problems/ops-problem.ts';
import type { CalledRequest, Caller } from './caller.ts';
import { endAccess } from './end-access.ts';
import type { EndedAccess } from './end-access.ts';
import { HashQueue } from './hash-queue.ts';
import { LoginAttempts } from './login-attempts.ts';
import { hashPassword, isPassword } from './password-hash.ts';
import { passwordProblem } from './password-rules.ts';
import { Sessions } from './sessions.ts';
import type { OpenedSession } from './sessions.ts';

/** A person changes the password of the account they are logged in with. */
@Injectable()
export class ChangeOwnPassword {
  constructor(
    @Inject(OPS_POOL) private readonly db: Kysely<LedgerTables>,
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(HashQueue) private readonly hashes: HashQueue,
    @Inject(LoginAttempts) private readonly attempts: LoginAttempts,
  ) {}

  /**
   * Opens a new session; every other session of the account has ended and its tokens are revoked: one of them may have been why. Wrong current passwords count
   * as failed logins, since whoever sits down at somebody's browser could guess here too.
   *
   * @throws OpsProblem `session-needed`, `account-elsewhere`, `login-refused`, `query-broken`
   */
  async run(caller: Caller, currentPassword: string, newPassword: string, request: CalledRequest): Promise<OpenedSession & EndedAccess> {
    const account = await this.accountOf(caller);
    const broken = newPassword === currentPassword
      ? { field: 'newPassword', rule: 'new', zh: '须与现在的密码不同', en: 'must differ from the current one' }
      : passwordProblem('newPassword', newPassword, account.name);
    if (broken !== null) throw brokenQuery([broken]);
    const hash = await this.hashes.run(async () => {
      const begun = await this.attempts.begin(account.name, request.ip);
      return await isPassword(currentPassword, begun?.account.password_hash ?? null) ? hashPassword(newPassword) : null;
    });
    if (hash === null) throw refused();
    return this.ledger.write(async (trx) => {
      if (!await this.attempts.succeed(trx, account, request.ip)) throw refused();
      await changeAccount(trx, account.id, { password_hash: hash, must_change: false });
      const ended = await endAccess(trx, account.id);
      const opened = await this.sessions.open(trx, account.id, 'password', request);
      await recordAction(trx, { caller, action: 'account.password-changed', subjectKind: 'account', subject: account.id, reason: '', result: 'done', facts: { ...ended } });
      return { ...opened, ...ended };
    });
  }

  private async accountOf({ session }: Caller): Promise<AccountRow> {
    const account = session === undefined ? undefined : await findAccount(this.db, session.accountId);
    if (account === undefined) throw new OpsProblem('session-needed', { detail: 'Log in with a browser.', detailZh: '请用浏览器登录后操作。' });
    if (account.password_hash === null) throw new OpsProblem('account-elsewhere', {
      detail: 'This account has no password here; change it at the identity provider.',
      detailZh: '该账号的密码不在本系统；请在统一身份认证中修改。',
    });
    return account;
  }
}

function refused(): OpsProblem {
  return new OpsProblem('login-refused', {
    detail: 'The current password is wrong, or was wrong too often; wait a while.',
    detailZh: '现在的密码不正确，或错误次数过多，请稍候再试。',
  });
}
