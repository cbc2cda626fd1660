import type { GatewayConfig } from '../gateway.config.ts';

/** Where browsers find this gateway: what cookies are bound to, where the identity provider sends people back, and whose pages may ask. */
export class PublicAddress {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Behind TLS, so that cookies never travel in clear. */
  readonly secure: boolean;

  constructor({ publicUrl, host, port }: Pick<GatewayConfig, 'publicUrl' | 'host' | 'port'>) {
    const { origin, protocol } = new URL(publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`);
    this.origin = origin;
    this.secure = protocol === 'https:';
  }
}
