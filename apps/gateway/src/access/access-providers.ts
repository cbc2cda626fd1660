import type { Provider } from '@nestjs/common';
import { GatewayConfig } from '../gateway.config.ts';
import { AccessGuard } from './access.guard.ts';
import { Authenticate } from './authenticate.ts';
import { ChangeOwnPassword } from './change-own-password.ts';
import { HashQueue } from './hash-queue.ts';
import { LogIn } from './log-in.ts';
import { OpsToken } from './ops-token.ts';
import { PublicAddress } from './public-address.ts';
import { Sessions } from './sessions.ts';

/** Everything that proves who asks. An OPS_TOKEN that is missing or too short stops the start with a `ConfigError`. */
export const ACCESS_PROVIDERS: Provider[] = [
  { provide: OpsToken, inject: [GatewayConfig], useFactory: (config: GatewayConfig) => new OpsToken(config.opsToken) },
  { provide: PublicAddress, inject: [GatewayConfig], useFactory: (config: GatewayConfig) => new PublicAddress(config) },
  HashQueue, Sessions, Authenticate, AccessGuard, LogIn, ChangeOwnPassword,
];
