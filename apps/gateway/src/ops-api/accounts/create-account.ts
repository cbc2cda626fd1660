import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.ts';
import { HashQueue } from '../../access/hash-queue.ts';
import { hashPassword } from '../../access/password-hash.ts';
import { randomPassword } from '../../access/password-rules.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { findAccount, insertAccountUnlessNamed } from '../../ledger/access-account-rows.ts';
import { noteHandler } from '../../ledger/access-handler-rows.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import type { AccountChangeAnswer } from './account.answer.ts';
import type { CreateAccountBody } from './account.body.ts';
import { showChange } from './show-account.ts';

/** Makes a built-in account with a password for one use. The answer holds that password, so it is never kept for a repetition: the name is what keeps an account from being made twice. */
@Injectable()
export class CreateAccount {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(HashQueue) private readonly hashes: HashQueue,
  ) {}

  /** @throws OpsProblem `account-exists`, `login-busy` */
  async run(caller: Caller, { name, displayName, roles, reason, ticket }: CreateAccountBody): Promise<AccountChangeAnswer> {
    const password = randomPassword();
    const hash = await this.hashes.run(() => hashPassword(password));
    return this.ledger.write(async (trx) => {
      const id = randomUUID();
      if (!await insertAccountUnlessNamed(trx, { id, name, display_name: displayName, roles, password_hash: hash, must_change: true })) throw exists();
      const account = await findAccount(trx, id);
      if (account === undefined) throw new Error('the account that was made is not there');
      await noteHandler(trx, id, caller.person);
      await recordAction(trx, { caller, action: 'account.created', subjectKind: 'account', subject: id, reason, result: 'done', facts: { name, roles, ticket } });
      return showChange('created', account, { sessionsEnded: 0, tokensRevoked: 0 }, password);
    });
  }
}

function exists(): OpsProblem {
  return new OpsProblem('account-exists', {
    detail: 'Take another name; an account that is no longer used can be enabled again.',
    detailZh: '请换一个用户名；已停用的账号可以重新启用。',
  });
}
