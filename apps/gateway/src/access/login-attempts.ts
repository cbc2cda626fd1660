import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import { forgetFailures, lockAccount } from '../ledger/access-account-rows.ts';
import type { AccountRow } from '../ledger/access-account-rows.ts';
import { countAccountFailure, countAddressFailure, findLoginAddress, lockLogin, noteKnownAddress, pruneLoginAddresses } from '../ledger/access-login-rows.ts';
import type { CountedFailure } from '../ledger/access-login-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { OpsLedger } from '../ops-api/ops-ledger.ts';
import { addressBlock } from './address-block.ts';
import { judgeAttempt } from './lockout.ts';

/** An account whose password is to be looked at, and what was counted beforehand. */
export interface CountedLogin {
  readonly account: AccountRow;
  readonly counted: CountedFailure;
}

/** Wrong passwords, counted in the ledger: they hold at every gateway, and after a restart. */
@Injectable()
export class LoginAttempts {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  /** Counts an attempt before its password is looked at. `null`: it is not looked at, since there is no such account, or there were too many. */
  begin(name: string, ip: string): Promise<CountedLogin | null> {
    return this.ledger.write(async (trx) => {
      const account = await lockLogin(trx, name);
      if (account === undefined) return null;
      const address = addressBlock(ip);
      const here = await findLoginAddress(trx, account.id, address);
      const counted = judgeAttempt(account, here, account.now);
      if (counted === null) return null;
      await countAccountFailure(trx, account.id, counted);
      await countAddressFailure(trx, account.id, address, counted);
      if (here === undefined) await pruneLoginAddresses(trx, account.id);
      return { account, counted };
    });
  }

  /** The password was right: what was counted is forgotten, and the address is known. False when it is not any more: comparing takes its time, and the password may have been changed meanwhile. */
  async succeed(trx: Transaction<LedgerTables>, { id, password_hash: compared }: Pick<AccountRow, 'id' | 'password_hash'>, ip: string): Promise<boolean> {
    const account = await lockAccount(trx, id);
    if (account === undefined || account.disabled_at !== null || account.password_hash !== compared) return false;
    await forgetFailures(trx, id);
    await noteKnownAddress(trx, id, addressBlock(ip));
    return true;
  }
}
