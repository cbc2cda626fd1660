import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { GatewayConfig } from '../gateway.config.ts';
import { findApiToken, noteTokenUsed } from '../ledger/access-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { OPS_POOL } from '../ops-pool.token.ts';
import { OpsProblem } from '../ops-api/problems/ops-problem.ts';
import type { CalledRequest, Caller } from './caller.ts';
import { refuseForged } from './csrf.ts';
import { bearerOf, OpsToken } from './ops-token.ts';
import { PublicAddress } from './public-address.ts';
import { rightsOf } from './rights.ts';
import { Sessions } from './sessions.ts';
import { digestOfToken } from './token-digest.ts';

/** Finds out who asks: by a token in the request, or by the cookie of a session. */
@Injectable()
export class Authenticate {
  constructor(
    @Inject(OpsToken) private readonly opsToken: OpsToken,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(PublicAddress) private readonly address: PublicAddress,
    @Inject(OPS_POOL) private readonly db: Kysely<LedgerTables>,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  /** @throws OpsProblem `token-missing`, `token-wrong`, `token-unconfirmed`, `session-ended` or `csrf-refused` */
  async run(request: CalledRequest): Promise<Caller> {
    return this.prove(request, true);
  }

  /** {@link run} for an answer that goes on: the person has done nothing meanwhile, so a session grows old all the same. */
  async again(request: CalledRequest): Promise<Caller> {
    return this.prove(request, false);
  }

  private prove(request: CalledRequest, active: boolean): Promise<Caller> {
    const presented = bearerOf(request.headers['authorization']);
    return presented === null ? this.bySession(request, active) : this.byToken(presented, request);
  }

  /** A browser sends a token only when the page that has it says so: nothing can be forged with it. */
  private async byToken(presented: string, request: CalledRequest): Promise<Caller> {
    const caller = this.opsToken.matches(presented) ? service(request) : await this.ofApiToken(presented, request);
    if (caller === null) throw new OpsProblem('token-wrong', {
      detail: 'This token is not known here, has expired or was revoked.',
      detailZh: '该令牌无效、已过期或已撤销。',
    });
    return caller;
  }

  private async bySession(request: CalledRequest, active: boolean): Promise<Caller> {
    const caller = await this.sessions.callerOf(request, active);
    if (caller === null) throw new OpsProblem('token-missing', {
      detail: 'Log in, or send "Authorization: Bearer <token>".',
      detailZh: '请先登录，或在请求头中带上 “Authorization: Bearer <令牌>”。',
    });
    if (caller?.session === undefined) throw new OpsProblem('session-ended', { detail: 'Log in again.', detailZh: '登录已失效，请重新登录。' });
    refuseForged(request, caller.session.csrfToken, this.address.origin);
    return caller;
  }

  /** A token can do what it was made for, as far as its person can do it today. */
  private async ofApiToken(presented: string, { ip }: CalledRequest): Promise<Caller | null> {
    const token = await findApiToken(this.db, digestOfToken(presented), this.config.oidcConfirmMs);
    if (token === undefined) return null;
    if (token.unconfirmed) throw new OpsProblem('token-unconfirmed', {
      detail: 'The person of this token has not signed in at the identity provider for too long (OIDC_CONFIRM_MS); after they have, it is good again.',
      detailZh: '该令牌的本人太久没有用统一身份认证登录（OIDC_CONFIRM_MS）；本人重新登录后，令牌恢复有效。',
    });
    if (token.stale) await noteTokenUsed(this.db, token.id);
    const today = rightsOf(token.roles);
    return {
      id: `token:${token.id}`, person: `account:${token.account_id}`, name: `${token.display_name}（${token.name}）`, address: ip,
      rights: new Set(token.rights.filter((right) => today.has(right))),
    };
  }
}

/** The OPS_TOKEN is for machines that watch: it sees what is going on and moves nothing. */
function service({ ip }: CalledRequest): Caller {
  return { id: 'service:ops-token', person: 'service:ops-token', name: 'OPS_TOKEN', rights: rightsOf(['viewer']), address: ip };
}
