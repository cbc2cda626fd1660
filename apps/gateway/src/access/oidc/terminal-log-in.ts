import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import { recordAction } from '../../evidence/record-action.ts';
import { lockAccount } from '../../ledger/access-account-rows.ts';
import { insertLoginCode, takeLoginCode } from '../../ledger/access-oidc-rows.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { OpsLedger } from '../../ops-api/ops-ledger.ts';
import { OpsProblem } from '../../ops-api/problems/ops-problem.ts';
import { AddressLimit } from '../address-limit.ts';
import type { CalledRequest } from '../caller.ts';
import { Sessions } from '../sessions.ts';
import type { OpenedSession } from '../sessions.ts';
import { digestOfToken } from '../token-digest.ts';
import { challengeOf } from './loopback.ts';
import type { Loopback } from './loopback.ts';

/** From the browser to a terminal on the same machine. */
const PATIENCE_MS = 60_000;

/** Lets a terminal in for a person who signed in with a browser (终端登录): the browser carries a code there, which is worth nothing without what the terminal kept to itself. */
@Injectable()
export class TerminalLogIn {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(AddressLimit) private readonly limit: AddressLimit,
  ) {}

  /** A code for this terminal alone, for one use, soon. */
  async codeFor(trx: Transaction<LedgerTables>, accountId: string, { challenge }: Loopback): Promise<string> {
    const code = randomBytes(32).toString('base64url');
    await insertLoginCode(trx, PATIENCE_MS, { code_digest: digestOfToken(code), account_id: accountId, challenge });
    return code;
  }

  /** Opens a session for the code. One that was tried with something wrong is not good any more. @throws OpsProblem `oidc-refused`, `too-many-logins` */
  async run(code: string, verifier: string, request: CalledRequest): Promise<OpenedSession> {
    this.limit.take(request.ip);
    const opened = await this.ledger.write(async (trx) => {
      const taken = await takeLoginCode(trx, digestOfToken(code));
      const account = taken?.challenge === challengeOf(verifier) ? await lockAccount(trx, taken.account_id) : undefined;
      if (account === undefined || account.disabled_at !== null) return null;
      const session = await this.sessions.open(trx, account.id, 'oidc', request);
      await recordAction(trx, {
        caller: { id: `account:${account.id}`, name: account.display_name, address: request.ip },
        action: 'session.opened', subjectKind: 'account', subject: account.id, reason: '', result: 'done', facts: { method: 'oidc', terminal: true },
      });
      return session;
    });
    if (opened === null) throw codeRefused();
    return opened;
  }
}

function codeRefused(): OpsProblem {
  return new OpsProblem('oidc-refused', {
    detail: 'The code of this sign-in is not good: used already, older than a minute, or of another terminal. Begin again.',
    detailZh: '这次登录的一次性代码无效：已用过、超过一分钟，或属于另一终端。请重新登录。',
  });
}
