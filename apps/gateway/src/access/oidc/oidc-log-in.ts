import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import { recordAction } from '../../evidence/record-action.ts';
import { forgetFailures } from '../../ledger/access-account-rows.ts';
import { dropOidcRoles, insertOidcLogin, takeOidcLogin, upsertOidcAccount } from '../../ledger/access-oidc-rows.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { OpsLedger } from '../../ops-api/ops-ledger.ts';
import { OpsProblem } from '../../ops-api/problems/ops-problem.ts';
import { AddressLimit } from '../address-limit.ts';
import type { CalledRequest } from '../caller.ts';
import { readCookie, setCookie } from '../cookies.ts';
import { endAccess } from '../end-access.ts';
import { PublicAddress } from '../public-address.ts';
import type { Role } from '../rights.ts';
import { Sessions } from '../sessions.ts';
import { digestOfToken } from '../token-digest.ts';
import { IdentityProvider } from './identity-provider.ts';
import type { Identity } from './identity-provider.ts';
import { columnsOf, loopbackOf, loopbackUrl } from './loopback.ts';
import type { Loopback } from './loopback.ts';
import type { OidcSettings } from './oidc-settings.ts';
import { disabledHere, refusalOfRoles, refusedSignIn } from './refusals.ts';
import { rolesOfClaims } from './roles-of-claims.ts';
import { TerminalLogIn } from './terminal-log-in.ts';

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

/** What the browser is told when a sign-in has ended. */
export interface SignedIn {
  readonly setCookies: string[];
  /** Where a terminal waits; `null` for a browser, which stays here. */
  readonly url: string | null;
}

/** Lets a person in by the word of the identity provider (统一身份认证登录). */
@Injectable()
export class OidcLogIn {
  constructor(
    @Inject(OIDC) private readonly oidc: Oidc | null,
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(PublicAddress) private readonly address: PublicAddress,
    @Inject(TerminalLogIn) private readonly terminal: TerminalLogIn,
    @Inject(AddressLimit) private readonly limit: AddressLimit,
  ) {}

  /** Where people begin; `null` where no provider is set up. */
  get startUrl(): string | null {
    return this.oidc === null ? null : `${this.address.origin}/api/session/oidc`;
  }

  /** Where to send the browser, and the cookie by which it is known when it comes back. @throws OpsProblem `oidc-off`, `oidc-unavailable`, `too-many-logins` */
  async begin({ ip }: CalledRequest, loopback: Loopback | null): Promise<{ url: string; setCookie: string }> {
    const { provider } = this.set();
    this.limit.take(ip);
    const { url, ...begun } = await provider.begin(loopback !== null);
    const browser = randomBytes(32).toString('base64url');
    await this.ledger.write((trx) => insertOidcLogin(trx, UNDER_WAY_AT_MOST, PATIENCE_MS, { browser_digest: digestOfToken(browser), ...begun, ...columnsOf(loopback) }));
    // Lax: the provider leads back here, and the browser must bring the cookie along then.
    return { url, setCookie: setCookie(COOKIE, browser, { sameSite: 'Lax', secure: this.address.secure, maxAgeSeconds: PATIENCE_MS / 1000 }) };
  }

  /** Ends a sign-in; a terminal that waits is told also why it did not succeed. @throws OpsProblem `oidc-off`, `oidc-refused`, `oidc-unavailable`, `oidc-no-role`, `oidc-roles-apart` */
  async end(query: string, request: CalledRequest): Promise<SignedIn> {
    const { provider } = this.set();
    const browser = readCookie(request.headers['cookie'], COOKIE, this.address.secure);
    const begun = browser === null ? undefined : await this.ledger.write((trx) => takeOidcLogin(trx, digestOfToken(browser)));
    if (begun === undefined) throw refusedSignIn();
    const loopback = loopbackOf(begun);
    try {
      const identity = await provider.end(query, begun);
      return this.forgetting(await this.welcome(identity, request, loopback));
    } catch (error) {
      if (loopback === null || !(error instanceof OpsProblem)) throw error;
      return this.forgetting({ setCookies: [], url: loopbackUrl(loopback, { error: error.code }) });
    }
  }

  private async welcome(identity: Identity, request: CalledRequest, loopback: Loopback | null): Promise<SignedIn> {
    const { rolesClaim, roles: mapping } = this.set().settings;
    const roles = rolesOfClaims(identity.claims, rolesClaim, mapping);
    const refusal = refusalOfRoles(roles, rolesClaim);
    const outcome = await this.ledger.write((trx) => (refusal === null ? this.letIn(trx, identity, roles, request, loopback) : this.turnAway(trx, identity, request, refusal)));
    if (outcome instanceof OpsProblem) throw outcome;
    return outcome;
  }

  private async letIn(trx: Transaction<LedgerTables>, { subject, claims }: Identity, roles: Role[], request: CalledRequest, loopback: Loopback | null): Promise<SignedIn | OpsProblem> {
    const issuer = this.set().settings.issuer.href;
    const account = await upsertOidcAccount(trx, {
      id: randomUUID(), name: nameOf(issuer, subject), display_name: displayNameOf(claims, subject), roles, oidc_issuer: issuer, oidc_subject: subject,
    });
    const disabled = account.disabled_at !== null;
    const signedIn = disabled ? disabledHere() : await this.open(trx, account.id, request, loopback);
    if (!disabled) await forgetFailures(trx, account.id);
    await recordAction(trx, {
      caller: { id: `account:${account.id}`, name: account.display_name, address: request.ip },
      action: actionOf(disabled, loopback), subjectKind: 'account', subject: account.id, reason: '', result: disabled ? 'refused' : 'done', facts: { method: 'oidc', roles },
    });
    return signedIn;
  }

  /** A browser is in; a terminal gets a code, and the browser nothing. */
  private async open(trx: Transaction<LedgerTables>, accountId: string, request: CalledRequest, loopback: Loopback | null): Promise<SignedIn> {
    if (loopback !== null) return { setCookies: [], url: loopbackUrl(loopback, { code: await this.terminal.codeFor(trx, accountId, loopback) }) };
    return { setCookies: [(await this.sessions.open(trx, accountId, 'oidc', request)).setCookie], url: null };
  }

  /** Somebody who has no role any more, or roles that nobody has together, loses here what they had. */
  private async turnAway(trx: Transaction<LedgerTables>, { subject }: Identity, { ip }: CalledRequest, refusal: OpsProblem): Promise<OpsProblem> {
    const accountId = await dropOidcRoles(trx, this.set().settings.issuer.href, subject);
    const ended = accountId === undefined ? {} : await endAccess(trx, accountId);
    await recordAction(trx, {
      caller: { id: 'anonymous', name: '', address: ip },
      action: 'session.refused', subjectKind: 'account', subject: accountId ?? 'unknown', reason: '', result: 'refused', facts: { method: 'oidc', why: refusal.code, ...ended },
    });
    return refusal;
  }

  private forgetting({ setCookies, url }: SignedIn): SignedIn {
    return { setCookies: [...setCookies, setCookie(COOKIE, '', { sameSite: 'Lax', secure: this.address.secure, maxAgeSeconds: 0 })], url };
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

function actionOf(disabled: boolean, loopback: Loopback | null): string {
  if (disabled) return 'session.refused';
  return loopback === null ? 'session.opened' : 'session.code-given';
}
