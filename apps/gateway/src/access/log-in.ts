import { performance } from 'node:perf_hooks';
import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { recordAction } from '../evidence/record-action.ts';
import { countLogin, forgetFailures } from '../ledger/access-account-rows.ts';
import type { AccountRow } from '../ledger/access-account-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { OPS_POOL } from '../ops-pool.token.ts';
import { OpsLedger } from '../ops-api/ops-ledger.ts';
import { OpsProblem } from '../ops-api/problems/ops-problem.ts';
import type { CalledRequest } from './caller.ts';
import { FailureNotes } from './failure-notes.ts';
import { HashQueue } from './hash-queue.ts';
import { LOCKOUT } from './lockout.ts';
import { isPassword } from './password-hash.ts';
import { Sessions } from './sessions.ts';
import type { OpenedSession } from './sessions.ts';

/** Somebody is in. */
export interface LoggedIn extends OpenedSession {
  readonly mustChangePassword: boolean;
}

/** Lets a person in by name and password (登录). */
@Injectable()
export class LogIn {
  private readonly notes = new FailureNotes();

  constructor(
    @Inject(OPS_POOL) private readonly db: Kysely<LedgerTables>,
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(HashQueue) private readonly hashes: HashQueue,
  ) {}

  /**
   * Opens a new session. A name that is unknown, a wrong password, an account that is locked or disabled: all are answered
   * alike and after the same work, so that nobody learns which names exist.
   *
   * @throws OpsProblem `login-refused`, `login-busy`
   */
  async run(name: string, password: string, request: CalledRequest): Promise<LoggedIn> {
    const { account, right } = await this.hashes.run(async () => {
      const counted = await countLogin(this.db, name, LOCKOUT);
      return { account: counted, right: await isPassword(password, counted?.password_hash ?? null) };
    });
    if (account === undefined || !right) {
      await this.recordRefusal(account, request.ip);
      throw refused();
    }
    return this.ledger.write(async (trx) => {
      await forgetFailures(trx, account.id);
      const opened = await this.sessions.open(trx, account.id, 'password', request);
      await recordAction(trx, {
        caller: { id: `account:${account.id}`, name: account.display_name, address: request.ip },
        action: 'session.opened', subjectKind: 'account', subject: account.id, reason: '', result: 'done', facts: { method: 'password' },
      });
      return { ...opened, mustChangePassword: account.must_change };
    });
  }

  /** The name that was typed is not recorded: people type their password there, too. */
  private async recordRefusal(account: AccountRow | undefined, address: string): Promise<void> {
    const { record, leftOut } = this.notes.note(performance.now());
    if (!record) return;
    const facts = { failures: account?.failed_logins ?? null, lockedUntil: account?.locked_until?.toISOString() ?? null, leftOut };
    await this.ledger.write((trx) => recordAction(trx, {
      caller: { id: 'anonymous', name: '', address },
      action: 'session.refused', subjectKind: 'account', subject: account?.id ?? 'unknown', reason: '', result: 'refused', facts,
    }));
  }
}

function refused(): OpsProblem {
  return new OpsProblem('login-refused', {
    detail: 'Name or password is wrong. After several failures an account is locked for a while; an administrator can unlock it.',
    detailZh: '用户名或密码不正确。连续失败多次后账号会锁定一段时间，管理员可以解锁。',
  });
}
