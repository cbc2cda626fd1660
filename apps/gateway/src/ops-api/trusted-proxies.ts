import type { GatewayConfig } from '../gateway.config.ts';

/** Whose word on where a request comes from the HTTP server takes: nobody's unless told, since everybody can write such a header. */
export function trustedProxies({ trustedProxies: proxies }: Pick<GatewayConfig, 'trustedProxies'>): string[] | false {
  return proxies.length > 0 ? proxies : false;
}
