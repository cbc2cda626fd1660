import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';
import { GatewayConfig } from '../gateway.config.ts';
import { deleteSession, findSession, insertSession, noteSessionSeen } from '../ledger/access-session-rows.ts';
import type { SessionLimits } from '../ledger/access-session-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { OPS_POOL } from '../ops-pool.token.ts';
import type { CalledRequest, Caller } from './caller.ts';
import { readCookie, setCookie } from './cookies.ts';
import { csrfTokenOf } from './csrf.ts';
import { PublicAddress } from './public-address.ts';
import { rightsOf } from './rights.ts';
import { digestOfToken } from './token-digest.ts';

const SESSION_COOKIE = 'jiujin_session';
const ID_BYTES = 32;

/** What a browser gets when somebody logs in with it. */
export interface OpenedSession {
  /** The `Set-Cookie` header. */
  readonly setCookie: string;
  readonly csrfToken: string;
}

/** Browsers that are logged in (会话). An id is made here at each login and is never taken from a request; the ledger keeps its digest. */
@Injectable()
export class Sessions {
  private readonly limits: SessionLimits;

  constructor(
    @Inject(OPS_POOL) private readonly db: Kysely<LedgerTables>,
    @Inject(PublicAddress) private readonly address: PublicAddress,
    @Inject(GatewayConfig) config: GatewayConfig,
  ) {
    this.limits = { idleMs: config.sessionIdleMs, longestMs: config.sessionLongestMs };
  }

  /** The session the request's cookie names, or `null` when it names none. A session that has ended is `undefined`. Who is not `active` lets it grow old. */
  async callerOf({ headers, ip }: CalledRequest, active = true): Promise<Caller | null | undefined> {
    const id = this.idIn(headers);
    if (id === null) return null;
    const digest = digestOfToken(id);
    const session = await findSession(this.db, digest, this.limits);
    if (session === undefined) return undefined;
    if (session.stale && active) await noteSessionSeen(this.db, digest);
    const { account_id: accountId, method, expires_at: expiresAt, must_change: mustChangePassword } = session;
    return {
      id: `account:${accountId}`, person: `account:${accountId}`, name: session.display_name, address: ip,
      rights: mustChangePassword ? new Set() : rightsOf(session.roles),
      session: { digest, accountId, method, expiresAt, mustChangePassword, csrfToken: csrfTokenOf(id) },
    };
  }

  /** Opens a session. What the browser presented before ends. */
  async open(trx: Transaction<LedgerTables>, accountId: string, method: 'password' | 'oidc', { headers, ip }: CalledRequest): Promise<OpenedSession> {
    const presented = this.idIn(headers);
    if (presented !== null) await deleteSession(trx, digestOfToken(presented));
    const id = randomBytes(ID_BYTES).toString('base64url');
    await insertSession(trx, this.limits, { digest: digestOfToken(id), account_id: accountId, method, address: ip });
    return { setCookie: setCookie(SESSION_COOKIE, id, { sameSite: 'Strict', secure: this.address.secure }), csrfToken: csrfTokenOf(id) };
  }

  /** The `Set-Cookie` header that makes the browser forget. */
  get forgetting(): string {
    return setCookie(SESSION_COOKIE, '', { sameSite: 'Strict', secure: this.address.secure, maxAgeSeconds: 0 });
  }

  private idIn(headers: CalledRequest['headers']): string | null {
    return readCookie(headers['cookie'], SESSION_COOKIE, this.address.secure);
  }
}
