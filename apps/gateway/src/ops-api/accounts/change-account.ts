import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import type { Caller } from '../../access/caller.ts';
import { HashQueue } from '../../access/hash-queue.ts';
import { hashPassword } from '../../access/password-hash.ts';
import { randomPassword } from '../../access/password-rules.ts';
import type { Role } from '../../access/rights.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { changeAccount, hasOtherAdministrator, lockAccount, lockAdministrators } from '../../ledger/access-account-rows.ts';
import type { AccountChange, AccountRow } from '../../ledger/access-account-rows.ts';
import { deleteSessionsOf } from '../../ledger/access-session-rows.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { refuseChanged } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import type { ReasonedBody } from '../reasoned.body.ts';
import type { AccountChangeAnswer, AccountOutcome } from './account.answer.ts';
import { accountUnknown, lastAdministrator, passwordElsewhere, rolesFromElsewhere, unchanged } from './refusals.ts';
import { showAccount, showChange } from './show-account.ts';

/** Which account, as the caller has seen it, and why. */
export interface AccountCommand {
  readonly caller: Caller;
  readonly accountId: string;
  readonly version: number;
  readonly body: ReasonedBody;
}

interface Change {
  readonly outcome: AccountOutcome;
  readonly change: AccountChange;
  readonly endsSessions?: boolean;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** What an administrator changes about an account: judged, done and recorded in one transaction. Every verb throws `account-unknown`, `changed-meanwhile`, `account-unchanged`. */
@Injectable()
export class ChangeAccount {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(HashQueue) private readonly hashes: HashQueue,
  ) {}

  /** @throws OpsProblem `last-administrator`, `account-elsewhere` */
  roles(command: AccountCommand, roles: readonly Role[]): Promise<AccountChangeAnswer> {
    return this.run(command, (account) => {
      if (account.oidc_subject !== null) throw rolesFromElsewhere();
      if (sameRoles(account.roles, roles)) throw unchanged('It has these roles already.', '角色与现在相同。');
      return { outcome: 'roles-changed', change: { roles: [...roles] }, facts: { from: account.roles, to: roles } };
    });
  }

  /** @throws OpsProblem `last-administrator` */
  disable(command: AccountCommand): Promise<AccountChangeAnswer> {
    return this.run(command, (account) => {
      if (account.disabled_at !== null) throw unchanged('It is disabled already.', '账号已是停用状态。');
      return { outcome: 'disabled', change: { disabled_at: new Date() }, endsSessions: true };
    });
  }

  enable(command: AccountCommand): Promise<AccountChangeAnswer> {
    return this.run(command, (account) => {
      if (account.disabled_at === null) throw unchanged('It is not disabled.', '账号未停用。');
      return { outcome: 'enabled', change: { disabled_at: null } };
    });
  }

  unlock(command: AccountCommand): Promise<AccountChangeAnswer> {
    return this.run(command, (account) => {
      if (account.locked_until === null && account.failed_logins === 0) throw unchanged('It is not locked.', '账号未锁定。');
      return { outcome: 'unlocked', change: { locked_until: null, failed_logins: 0 } };
    });
  }

  /** @throws OpsProblem `account-elsewhere`, `login-busy` */
  async resetPassword(command: AccountCommand): Promise<AccountChangeAnswer> {
    const password = randomPassword();
    const hash = await this.hashes.run(() => hashPassword(password));
    return this.run(command, (account) => {
      if (account.oidc_subject !== null) throw passwordElsewhere();
      return { outcome: 'password-reset', change: { password_hash: hash, must_change: true, locked_until: null, failed_logins: 0 }, endsSessions: true };
    }, password);
  }

  private run({ caller, accountId, version, body: { reason, ticket } }: AccountCommand, judge: (account: AccountRow) => Change, password?: string): Promise<AccountChangeAnswer> {
    return this.ledger.write(async (trx) => {
      await lockAdministrators(trx);
      const account = await lockAccount(trx, accountId);
      if (account === undefined) throw accountUnknown();
      const { roles, disabledAt } = showAccount(account, new Date());
      const state = disabledAt === null ? ['in use', '在用'] : ['disabled', '已停用'];
      refuseChanged(version, account.version, `Roles: ${roles.join(', ')}; ${state[0]}.`, `角色：${roles.join('、')}；${state[1]}。`);
      const { outcome, change, endsSessions = false, facts = {} } = judge(account);
      const changed = await changeAccount(trx, accountId, change);
      await refuseWithoutAdministrator(trx, account, changed);
      if (endsSessions) await deleteSessionsOf(trx, accountId);
      await recordAction(trx, { caller, action: `account.${outcome}`, subjectKind: 'account', subject: accountId, reason, result: 'done', facts: { ...facts, ticket } });
      return showChange(outcome, changed, password ?? null);
    });
  }
}

async function refuseWithoutAdministrator(trx: Transaction<LedgerTables>, before: AccountRow, after: AccountRow): Promise<void> {
  if (!administers(before) || administers(after)) return;
  if (!await hasOtherAdministrator(trx, before.id)) throw lastAdministrator();
}

function administers({ roles, disabled_at: disabledAt }: AccountRow): boolean {
  return disabledAt === null && roles.includes('administrator');
}

function sameRoles(some: readonly Role[], others: readonly Role[]): boolean {
  return some.length === others.length && some.every((role) => others.includes(role));
}
