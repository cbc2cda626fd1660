import type { Logger } from '#runtime';
import type { Provider } from '@nestjs/common';
import { GatewayConfig } from '../gateway.config.ts';
import { LOGGER } from '../logger.token.ts';
import { AccessGuard } from './access.guard.ts';
import { AddressLimit } from './address-limit.ts';
import { Authenticate } from './authenticate.ts';
import { ChangeOwnPassword } from './change-own-password.ts';
import { HashQueue } from './hash-queue.ts';
import { LogIn } from './log-in.ts';
import { LoginAttempts } from './login-attempts.ts';
import { IdentityProvider } from './oidc/identity-provider.ts';
import { OIDC, OidcLogIn } from './oidc/oidc-log-in.ts';
import type { Oidc } from './oidc/oidc-log-in.ts';
import { oidcSettingsOf } from './oidc/oidc-settings.ts';
import { TerminalLogIn } from './oidc/terminal-log-in.ts';
import { OpsToken } from './ops-token.ts';
import { PublicAddress } from './public-address.ts';
import { Sessions } from './sessions.ts';

/** Everything that proves who asks. An OPS_TOKEN that is missing or too short, or a setting of the identity provider that is wrong, stops the start with a `ConfigError`. */
export const ACCESS_PROVIDERS: Provider[] = [
  { provide: OpsToken, inject: [GatewayConfig], useFactory: (config: GatewayConfig) => new OpsToken(config.opsToken) },
  { provide: PublicAddress, inject: [GatewayConfig], useFactory: (config: GatewayConfig) => new PublicAddress(config) },
  { provide: OIDC, inject: [GatewayConfig, PublicAddress, LOGGER], useFactory: oidcOf },
  HashQueue, AddressLimit, LoginAttempts, Sessions, Authenticate, AccessGuard, LogIn, TerminalLogIn, OidcLogIn, ChangeOwnPassword,
];

function oidcOf(config: GatewayConfig, address: PublicAddress, logger: Logger): Oidc | null {
  const settings = oidcSettingsOf(config);
  return settings === null ? null : { settings, provider: new IdentityProvider(settings, `${address.origin}/api/session/oidc/callback`, logger) };
}
