import * as oidc from 'openid-client';
import type { Logger } from '#runtime';
import type { OidcLoginRow } from '../../ledger/access-oidc-rows.ts';
import { reasonOf } from '../../ledger/ledger-error.ts';
import { OpsProblem } from '../../ops-api/problems/ops-problem.ts';
import type { OidcSettings } from './oidc-settings.ts';
import { refusedSignIn } from './refusals.ts';

const TIMEOUT_SECONDS = 5;

/** What the provider says of a person. */
export interface Identity {
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The identity provider (OpenID Connect Core 1.0, authorization code with PKCE). It is asked for its configuration when the first person comes: the gateway starts without it. */
export class IdentityProvider {
  private discovered: Promise<oidc.Configuration> | null = null;
  private readonly settings: OidcSettings;
  private readonly redirectUri: string;
  private readonly logger: Pick<Logger, 'warn'>;

  constructor(settings: OidcSettings, redirectUri: string, logger: Pick<Logger, 'warn'>) {
    this.settings = settings;
    this.redirectUri = redirectUri;
    this.logger = logger;
  }

  /**
   * Where to send the browser, and what to keep until it comes back. `anew`: the person shows who they are even if the provider knows them already, so that no page can
   * sign somebody in who is not at it. @throws OpsProblem `oidc-unavailable`
   */
  async begin(anew: boolean): Promise<OidcLoginRow & { url: string }> {
    const configuration = await this.configuration();
    const [state, nonce, codeVerifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: this.redirectUri, scope: this.settings.scope, state, nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier), code_challenge_method: 'S256',
      ...(anew ? { prompt: 'login' } : {}),
    });
    return { url: url.href, state, nonce, code_verifier: codeVerifier };
  }

  /** Who came back. `query` is what the provider put into the address, with its question mark. @throws OpsProblem `oidc-refused`, `oidc-unavailable` */
  async end(query: string, begun: OidcLoginRow): Promise<Identity> {
    const configuration = await this.configuration();
    try {
      const tokens = await oidc.authorizationCodeGrant(configuration, new URL(this.redirectUri + query), {
        pkceCodeVerifier: begun.code_verifier, expectedState: begun.state, expectedNonce: begun.nonce, idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error('the provider gave no identity');
      return { subject: claims.sub, claims: { ...await this.moreOf(configuration, tokens.access_token, claims.sub), ...claims } };
    } catch (error) {
      this.logger.warn({ event: 'oidc-login-failed', reason: reasonOf(error) }, 'a sign-in by the identity provider did not succeed');
      throw isAway(error) ? unavailable() : refusedSignIn();
    }
  }

  /** Many providers tell groups only there. */
  private async moreOf(configuration: oidc.Configuration, accessToken: string, subject: string): Promise<Record<string, unknown>> {
    if (configuration.serverMetadata().userinfo_endpoint === undefined) return {};
    return { ...await oidc.fetchUserInfo(configuration, accessToken, subject) };
  }

  private async configuration(): Promise<oidc.Configuration> {
    this.discovered ??= this.discover();
    try {
      return await this.discovered;
    } catch (error) {
      this.discovered = null;
      this.logger.warn({ event: 'oidc-unavailable', reason: reasonOf(error) }, 'the identity provider does not answer, or not as it must');
      throw unavailable();
    }
  }

  private async discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret, insecure } = this.settings;
    const authentication = clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret);
    const configuration = await oidc.discovery(issuer, clientId, undefined, authentication, {
      timeout: TIMEOUT_SECONDS,
      // The signature of an identity is checked although it comes over TLS: a proxy may end that.
      execute: [oidc.enableNonRepudiationChecks, ...(insecure ? [oidc.allowInsecureRequests] : [])],
    });
    configuration.timeout = TIMEOUT_SECONDS;
    return configuration;
  }
}

/** Nobody answered, as opposed to an answer that is a no. The client hands on what `fetch` throws, mostly as the cause of its own error. */
function isAway(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, name, message, cause } = error as { code?: unknown; name?: unknown; message?: unknown; cause?: unknown };
  return code === 'OAUTH_TIMEOUT' || (name === 'TypeError' && message === 'fetch failed') || isAway(cause);
}

function unavailable(): OpsProblem {
  return new OpsProblem('oidc-unavailable', {
    detail: 'The identity provider cannot be reached or answers wrongly; built-in accounts still work. The reason is in the log of the gateway.',
    detailZh: '暂时连不上统一身份认证，或其应答有误；本系统账号仍可登录。原因见网关日志。',
  });
}
