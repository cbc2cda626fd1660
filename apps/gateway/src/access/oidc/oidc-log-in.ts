import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import { recordAction } from '../../evidence/record-action.ts';
import { forgetFailures } from '../../ledger/access-account-rows.ts';
import { dropOidcRoles, insertOidcLogin, takeOidcLogin, upsertOidcAccount } from '../../ledger/access-oidc-rows.ts';
import { deleteSessionsOf } from '../../ledger/access-session-rows.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { OpsLedger } from '../../ops-api/ops-ledger.ts';
import { OpsProblem } from '../../ops-api/problems/ops-problem.ts';
import type { CalledRequest } from '../caller.ts';
import { readCookie, setCookie } from '../cookies.ts';
import { PublicAddress } from '../public-address.ts';
import type { Role } from '../rights.ts';
import { Sessions } from '../sessions.ts';
import { digestOfToken } from '../token-digest.ts';
import { IdentityProvider, refusedSignIn } from './identity-provider.ts';
import type { Identity } from './identity-provider.ts';
import type { OidcSettings } from './oidc-settings.ts';
import { rolesOfClaims } from './roles-of-claims.ts';

const COOKIE = 'jiujin_oidc';
const PATIENCE_MS = 10 * 60_000;
const UNDER_WAY_AT_MOST = 10_000;
const LONGEST_NAME = 40;

/** The provider and what its word is worth here; `null` where none is set up. */
export interface Oidc {
  readonly provider: IdentityProvider;
  readonly settings: OidcSettings;
}

/** Injection token of {@link Oidc} or `null`. */
export const OIDC = Symbol('OIDC');

/** Lets a person in by the word of the identity provider (统一身份认证登录). */
@Injectable()
export class OidcLogIn {
  constructor(
    @Inject(OIDC) private readonly oidc: Oidc | null,
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(PublicAddress) private readonly address: PublicAddress,
  ) {}

  get offered(): boolean {
    return this.oidc !== null;
  }

  /** Where to send the browser, and the cookie by which it is known when it comes back. @throws OpsProblem `oidc-off`, `oidc-unavailable` */
  async begin(): Promise<{ url: string; setCookie: string }> {
    const { url, ...begun } = await this.set().provider.begin();
    const browser = randomBytes(32).toString('base64url');
    await this.ledger.write((trx) => insertOidcLogin(trx, UNDER_WAY_AT_MOST, PATIENCE_MS, { browser_digest: digestOfToken(browser), ...begun }));
    // Lax: the provider leads back here, and the browser must bring the cookie along then.
    return { url, setCookie: setCookie(COOKIE, browser, { sameSite: 'Lax', secure: this.address.secure, maxAgeSeconds: PATIENCE_MS / 1000 }) };
  }

  /** The `Set-Cookie` headers of a new session. @throws OpsProblem `oidc-off`, `oidc-refused`, `oidc-unavailable`, `oidc-no-role` */
  async end(query: string, request: CalledRequest): Promise<string[]> {
    const { provider, settings } = this.set();
    const browser = readCookie(request.headers['cookie'], COOKIE, this.address.secure);
    const begun = browser === null ? undefined : await this.ledger.write((trx) => takeOidcLogin(trx, digestOfToken(browser)));
    if (begun === undefined) throw refusedSignIn();
    const identity = await provider.end(query, begun);
    const roles = rolesOfClaims(identity.claims, settings.rolesClaim, settings.roles);
    const opened = await this.ledger.write((trx) => (roles.length === 0 ? this.turnAway(trx, identity, request) : this.letIn(trx, identity, roles, request)));
    if (typeof opened !== 'string') throw opened;
    return [opened, setCookie(COOKIE, '', { sameSite: 'Lax', secure: this.address.secure, maxAgeSeconds: 0 })];
  }

  private async letIn(trx: Transaction<LedgerTables>, { subject, claims }: Identity, roles: Role[], request: CalledRequest): Promise<string | OpsProblem> {
    const issuer = this.set().settings.issuer.href;
    const account = await upsertOidcAccount(trx, {
      id: randomUUID(), name: nameOf(issuer, subject), display_name: displayNameOf(claims, subject), roles, oidc_issuer: issuer, oidc_subject: subject,
    });
    const disabled = account.disabled_at !== null;
    const opened = disabled ? null : await this.sessions.open(trx, account.id, 'oidc', request);
    if (!disabled) await forgetFailures(trx, account.id);
    await recordAction(trx, {
      caller: { id: `account:${account.id}`, name: account.display_name, address: request.ip },
      action: disabled ? 'session.refused' : 'session.opened', subjectKind: 'account', subject: account.id, reason: '', result: disabled ? 'refused' : 'done',
      facts: { method: 'oidc', roles },
    });
    return opened?.setCookie ?? new OpsProblem('oidc-refused', { detail: 'Your account here is disabled; ask an administrator.', detailZh: '您在本系统的账号已停用；请联系管理员。' });
  }

  /** Somebody who has no role any more loses here what they had. */
  private async turnAway(trx: Transaction<LedgerTables>, { subject }: Identity, { ip }: CalledRequest): Promise<OpsProblem> {
    const { issuer, rolesClaim } = this.set().settings;
    const accountId = await dropOidcRoles(trx, issuer.href, subject);
    if (accountId !== undefined) await deleteSessionsOf(trx, accountId);
    await recordAction(trx, {
      caller: { id: 'anonymous', name: '', address: ip },
      action: 'session.refused', subjectKind: 'account', subject: accountId ?? 'unknown', reason: '', result: 'refused', facts: { method: 'oidc', why: 'no role' },
    });
    return new OpsProblem('oidc-no-role', {
      detail: `You are known, but none of your groups (claim "${rolesClaim}") has a role here; ask an administrator.`,
      detailZh: `身份已确认，但您的组别（字段 ${rolesClaim}）在本系统没有对应的角色；请联系管理员。`,
    });
  }

  private set(): Oidc {
    if (this.oidc === null) throw new OpsProblem('oidc-off', { detail: 'Log in by name and password.', detailZh: '请用用户名和密码登录。' });
    return this.oidc;
  }
}

/** Never the name of a built-in account, which has no colon. */
function nameOf(issuer: string, subject: string): string {
  return `oidc:${createHash('sha256').update(`${issuer}\n${subject}`).digest('hex').slice(0, 20)}`;
}

function displayNameOf({ name, preferred_username: username }: Identity['claims'], subject: string): string {
  const told = [name, username, subject].find((word): word is string => typeof word === 'string' && word.trim() !== '') ?? subject;
  return told.slice(0, LONGEST_NAME);
}
