import { randomUUID } from 'node:crypto';
import type { Logger } from '#runtime';
import type { Kysely } from 'kysely';
import { recordAction } from '../evidence/record-action.ts';
import { hasAccounts, insertAccount, lockAdministrators } from '../ledger/access-account-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { hashPassword } from './password-hash.ts';
import { randomPassword } from './password-rules.ts';

const NAME = 'admin';

/**
 * Makes the first account when there is none, and says its password: this once, in one line of the log, by one gateway even when several start
 * at once. The line is written just before the commit: a gateway that is killed in between leaves no account that nobody can use, and the next says another.
 */
export async function makeFirstAccount(db: Kysely<LedgerTables>, logger: Pick<Logger, 'warn'>): Promise<void> {
  if (await hasAccounts(db)) return;
  const password = randomPassword();
  const hash = await hashPassword(password);
  await db.transaction().execute(async (trx) => {
    await lockAdministrators(trx);
    if (await hasAccounts(trx)) return;
    const id = randomUUID();
    await insertAccount(trx, { id, name: NAME, display_name: '管理员', roles: ['administrator'], password_hash: hash, must_change: true });
    await recordAction(trx, {
      caller: { id: 'service:gateway', name: '网关', address: '' },
      action: 'account.created', subjectKind: 'account', subject: id, reason: '首次启动', result: 'done', facts: { roles: ['administrator'] },
    });
    logger.warn({ event: 'first-account', account: NAME }, `首次启动：管理员账号 ${NAME}，初始密码 ${password}（只显示这一次，登录后须修改）`);
  });
}
