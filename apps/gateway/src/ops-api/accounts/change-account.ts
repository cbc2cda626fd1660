import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import type { Caller } from '../../access/caller.ts';
import { endAccess } from '../../access/end-access.ts';
import type { EndedAccess } from '../../access/end-access.ts';
import { HashQueue } from '../../access/hash-queue.ts';
import { hashPassword } from '../../access/password-hash.ts';
import { randomPassword } from '../../access/password-rules.ts';
import type { Role } from '../../access/rights.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { changeAccount, hasOtherAdministrator, lockAccount, lockAdministrators } from '../../ledger/access-account-rows.ts';
import type { AccountChange, AccountRow } from '../../ledger/access-account-rows.ts';
import { noteHandler } from '../../ledger/access-handler-rows.ts';
import { forgetLoginAddresses } from '../../ledger/access-login-rows.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { refuseChanged } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import type { ReasonedBody } from '../reasoned.body.ts';
import type { AccountChangeAnswer, AccountOutcome } from './account.answer.ts';
import { accountUnknown, lastAdministrator, ownAccount, passwordElsewhere, rolesFromElsewhere, unchanged } from './refusals.ts';
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
  /** Whoever is in by this account is out. */
  readonly endsAccess?: boolean;
  /** Whoever does this is no independent pair of eyes for the account any more. */
  readonly handles?: boolean;
  readonly unlocks?: boolean;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** What an administrator changes about an account: judged, done and recorded in one transaction. Every verb throws `account-unknown`, `changed-meanwhile`, `account-unchanged`. */
@Injectable()
export class ChangeAccount {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(HashQueue) private readonly hashes: HashQueue,
  ) {}

  /** @throws OpsProblem `own-account`, `last-administrator`, `account-elsewhere` */
  roles(command: AccountCommand, roles: readonly Role[]): Promise<AccountChangeAnswer> {
    return this.run(command, (account) => {
      if (isOwn(command)) throw ownAccount('Nobody changes their own roles; ask another administrator.', '不能更改自己的角色；请由另一位管理员更改。');
      if (account.oidc_subject !== null) throw rolesFromElsewhere();
      if (sameRoles(account.roles, roles)) throw unchanged('It has these roles already.', '角色与现在相同。');
      return { outcome: 'roles-changed', change: { roles: [...roles] }, facts: { from: account.roles, to: roles }, handles: true };
    });
  }

  /** @throws OpsProblem `last-administrator` */
  disable(command: AccountCommand): Promise<AccountChangeAnswer> {
    return this.run(command, (account) => {
      if (account.disabled_at !== null) throw unchanged('It is disabled already.', '账号已是停用状态。');
      return { outcome: 'disabled', change: { disabled_at: new Date() }, endsAccess: true };
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
      return { outcome: 'unlocked', change: UNLOCKED, unlocks: true };
    });
  }

  /** @throws OpsProblem `own-account`, `account-elsewhere`, `login-busy` */
  async resetPassword(command: AccountCommand): Promise<AccountChangeAnswer> {
    const password = randomPassword();
    const hash = await this.hashes.run(() => hashPassword(password));
    return this.run(command, (account) => {
      if (isOwn(command)) throw ownAccount('Change your own password with the one you know: PUT /api/session/password.', '自己的密码请凭现在的密码修改：PUT /api/session/password。');
      if (account.oidc_subject !== null) throw passwordElsewhere();
      return { outcome: 'password-reset', change: { ...UNLOCKED, password_hash: hash, must_change: true }, endsAccess: true, handles: true, unlocks: true };
    }, password);
  }

  private run(command: AccountCommand, judge: (account: AccountRow) => Change, password?: string): Promise<AccountChangeAnswer> {
    const { accountId, version } = command;
    return this.ledger.write(async (trx) => {
      await lockAdministrators(trx);
      const account = await lockAccount(trx, accountId);
      if (account === undefined) throw accountUnknown();
      const { roles, disabledAt } = showAccount(account, new Date());
      const state = disabledAt === null ? ['in use', '在用'] : ['disabled', '已停用'];
      refuseChanged(version, account.version, `Roles: ${roles.join(', ')}; ${state[0]}.`, `角色：${roles.join('、')}；${state[1]}。`);
      const judged = judge(account);
      const changed = await changeAccount(trx, accountId, judged.change);
      await refuseWithoutAdministrator(trx, account, changed);
      const ended = await followUp(trx, command, judged);
      return showChange(judged.outcome, changed, ended, password ?? null);
    }).catch((error: unknown) => this.noteRefusal(command, error));
  }

  /** Whoever tried to give themselves more is on record, too. */
  private async noteRefusal({ caller, accountId, body }: AccountCommand, error: unknown): Promise<never> {
    if (error instanceof OpsProblem && error.code === 'own-account') await this.ledger.write((trx) => recordAction(trx, {
      caller, action: 'account.changed', subjectKind: 'account', subject: accountId, reason: body.reason, result: `refused: ${error.code}`,
    }));
    throw error;
  }
}

const NOTHING_ENDED: EndedAccess = { sessionsEnded: 0, tokensRevoked: 0 };
const UNLOCKED: AccountChange = { locked_until: null, failed_logins: 0 };

async function followUp(trx: Transaction<LedgerTables>, { caller, accountId, body: { reason, ticket } }: AccountCommand, { outcome, endsAccess, handles, unlocks, facts }: Change): Promise<EndedAccess> {
  if (handles === true) await noteHandler(trx, accountId, caller.person);
  if (unlocks === true) await forgetLoginAddresses(trx, accountId);
  const ended = endsAccess === true ? await endAccess(trx, accountId) : NOTHING_ENDED;
  await recordAction(trx, { caller, action: `account.${outcome}`, subjectKind: 'account', subject: accountId, reason, result: 'done', facts: { ...facts, ...ended, ticket } });
  return ended;
}

function isOwn({ caller, accountId }: AccountCommand): boolean {
  return caller.person === `account:${accountId}`;
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
