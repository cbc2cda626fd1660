import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { lockApiToken, revokeApiToken } from '../../ledger/access-rows.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import type { ApiTokenRevokedAnswer } from './api-token.answer.ts';

/** Ends a token at once: one's own, or anybody's for who manages access. */
@Injectable()
export class RevokeApiToken {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  /** @throws OpsProblem `api-token-unknown` (also for somebody else's), `api-token-refused` */
  async run(caller: Caller, tokenId: string): Promise<ApiTokenRevokedAnswer> {
    await this.ledger.write(async (trx) => {
      const token = await lockApiToken(trx, tokenId);
      const theirs = token !== undefined && (caller.person === `account:${token.account_id}` || caller.rights.has('manage-access'));
      if (!theirs) throw new OpsProblem('api-token-unknown', { detail: 'Your tokens are listed at GET /api/api-tokens.', detailZh: '您的令牌见 GET /api/api-tokens。' });
      if (token.revoked_at !== null) throw new OpsProblem('api-token-refused', { detail: 'It was revoked already.', detailZh: '该令牌早已撤销。' });
      await revokeApiToken(trx, tokenId);
      await recordAction(trx, {
        caller, action: 'api-token.revoked', subjectKind: 'api-token', subject: tokenId, reason: '', result: 'done', facts: { name: token.name, accountId: token.account_id },
      });
    });
    return { outcome: 'revoked', outcomeZh: '令牌已撤销，即时失效' };
  }
}
