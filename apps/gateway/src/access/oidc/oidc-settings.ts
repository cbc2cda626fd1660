import { ConfigError } from '#runtime';
import type { GatewayConfig } from '../../gateway.config.ts';
import { mayGoTogether, ROLES } from '../rights.ts';
import type { Role } from '../rights.ts';

/** How the gateway stands to the identity provider (统一身份认证). */
export interface OidcSettings {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly scope: string;
  readonly rolesClaim: string;
  /** By a value of the claim. */
  readonly roles: ReadonlyMap<string, readonly Role[]>;
  /** The provider is on this machine, without TLS. */
  readonly insecure: boolean;
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** `null` when no provider is set up. @throws ConfigError naming what is missing or wrong */
export function oidcSettingsOf(config: GatewayConfig): OidcSettings | null {
  const { oidcIssuer, oidcClientId, oidcClientSecret, oidcScope, oidcRolesClaim, oidcRoles } = config;
  if (oidcIssuer === undefined) return null;
  if (oidcClientId === undefined) throw wrong('OIDC_CLIENT_ID', 'nothing', 'the client id, since OIDC_ISSUER is set');
  const issuer = new URL(oidcIssuer);
  const insecure = issuer.protocol === 'http:';
  if (insecure && !LOOPBACK.has(issuer.hostname)) throw wrong('OIDC_ISSUER', oidcIssuer, 'an https address; http only on this machine');
  return { issuer, clientId: oidcClientId, clientSecret: oidcClientSecret, scope: oidcScope, rolesClaim: oidcRolesClaim, roles: rolesOf(oidcRoles), insecure };
}

function rolesOf(text: string | undefined): ReadonlyMap<string, readonly Role[]> {
  const parsed = parse(text);
  if (parsed === null) throw wrong('OIDC_ROLES', text === undefined ? 'nothing' : 'something else', `a JSON object such as {"duty": ["operator"]}, with the roles ${Object.keys(ROLES).join(', ')}; administrator not beside operator or supervisor`);
  return parsed;
}

function parse(text: string | undefined): Map<string, Role[]> | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    const entries = Object.entries(value);
    return entries.length > 0 && entries.every(([, roles]) => areRoles(roles)) ? new Map(entries as [string, Role[]][]) : null;
  } catch {
    return null;
  }
}

function areRoles(value: unknown): value is Role[] {
  return Array.isArray(value) && value.length > 0 && value.every((role) => typeof role === 'string' && Object.hasOwn(ROLES, role)) && mayGoTogether(value as Role[]);
}

function wrong(field: string, given: string, allowed: string): ConfigError {
  return new ConfigError([{ field, given, allowed }]);
}
