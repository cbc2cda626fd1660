import { performance } from 'node:perf_hooks';
import { Inject, Injectable } from '@nestjs/common';
import { recordAction } from '../evidence/record-action.ts';
import { OpsLedger } from '../ops-api/ops-ledger.ts';
import { OpsProblem } from '../ops-api/problems/ops-problem.ts';
import { AddressLimit } from './address-limit.ts';
import type { CalledRequest } from './caller.ts';
import { FailureNotes } from './failure-notes.ts';
import { HashQueue } from './hash-queue.ts';
import { LoginAttempts } from './login-attempts.ts';
import type { CountedLogin } from './login-attempts.ts';
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
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(HashQueue) private readonly hashes: HashQueue,
    @Inject(LoginAttempts) private readonly attempts: LoginAttempts,
    @Inject(AddressLimit) private readonly limit: AddressLimit,
  ) {}

  /**
   * Opens a new session. A name that is unknown, a wrong password, an account that is locked or disabled: all are answered
   * alike and after the same work, so that nobody learns which names exist.
   *
   * @throws OpsProblem `login-refused`, `login-busy`, `too-many-logins`
   */
  async run(name: string, password: string, request: CalledRequest): Promise<LoggedIn> {
    this.limit.take(request.ip);
    const { login, right } = await this.hashes.run(async () => {
      const begun = await this.attempts.begin(name, request.ip);
      return { login: begun, right: await isPassword(password, begun?.account.password_hash ?? null) };
    });
    if (login === null || !right) {
      await this.recordRefusal(login, request.ip);
      throw refused();
    }
    const { account } = login;
    return this.ledger.write(async (trx) => {
      if (!await this.attempts.succeed(trx, account, request.ip)) throw refused();
      const opened = await this.sessions.open(trx, account.id, 'password', request);
      await recordAction(trx, {
        caller: { id: `account:${account.id}`, name: account.display_name, address: request.ip },
        action: 'session.opened', subjectKind: 'account', subject: account.id, reason: '', result: 'done', facts: { method: 'password' },
      });
      return { ...opened, mustChangePassword: account.must_change };
    });
  }

  /** The name that was typed is not recorded: people type their password there, too. */
  private async recordRefusal(login: CountedLogin | null, address: string): Promise<void> {
    const { record, leftOut } = this.notes.note(performance.now());
    if (!record) return;
    const counted = login?.counted;
    const facts = {
      failures: counted?.accountFailures ?? null, failuresFromHere: counted?.failures ?? null,
      lockedUntil: counted?.lockedUntil?.toISOString() ?? null, leftOut,
    };
    await this.ledger.write((trx) => recordAction(trx, {
      caller: { id: 'anonymous', name: '', address },
      action: 'session.refused', subjectKind: 'account', subject: login?.account.id ?? 'unknown', reason: '', result: 'refused', facts,
    }));
  }
}

function refused(): OpsProblem {
  return new OpsProblem('login-refused', {
    detail: 'Name or password is wrong. After several failures an account takes no login from here for a while; an administrator can unlock it.',
    detailZh: '用户名或密码不正确。连续失败多次后，一段时间内不再受理从这里登录该账号，管理员可以解锁。',
  });
}
