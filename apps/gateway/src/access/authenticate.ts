import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { findApiToken } from '../ledger/access-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { OPS_POOL } from '../ops-pool.token.ts';
import { OpsProblem } from '../ops-api/problems/ops-problem.ts';
import type { CalledRequest, Caller } from './caller.ts';
import { bearerOf, OpsToken } from './ops-token.ts';
import { rightsOf } from './rights.ts';
import { digestOfToken } from './token-digest.ts';

/** Finds out who asks. */
@Injectable()
export class Authenticate {
  constructor(
    @Inject(OpsToken) private readonly opsToken: OpsToken,
    @Inject(OPS_POOL) private readonly db: Kysely<LedgerTables>,
  ) {}

  /** @throws OpsProblem `token-missing` or `token-wrong` */
  async run(request: CalledRequest): Promise<Caller> {
    const presented = bearerOf(request.headers['authorization']);
    if (presented === null) throw new OpsProblem('token-missing', {
      detail: 'Send "Authorization: Bearer <token>".',
      detailZh: '请在请求头中带上 “Authorization: Bearer <令牌>”。',
    });
    const caller = this.opsToken.matches(presented) ? service(request) : await this.ofApiToken(presented, request);
    if (caller === null) throw new OpsProblem('token-wrong', {
      detail: 'This token is not known here, has expired or was revoked.',
      detailZh: '该令牌无效、已过期或已撤销。',
    });
    return caller;
  }

  private async ofApiToken(presented: string, { ip }: CalledRequest): Promise<Caller | null> {
    const token = await findApiToken(this.db, digestOfToken(presented));
    if (token === undefined) return null;
    return { id: `token:${token.id}`, person: token.person, name: token.name, rights: new Set(token.rights), address: ip };
  }
}

/** The OPS_TOKEN is for machines that watch: it sees what is going on and moves nothing. */
function service({ ip }: CalledRequest): Caller {
  return { id: 'service:ops-token', person: 'service:ops-token', name: 'OPS_TOKEN', rights: rightsOf(['viewer']), address: ip };
}
