import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PublicAddress } from '../access/public-address.ts';

/** The documentation page styles itself inline and draws with data: images; everything else comes from this server or not at all. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "connect-src 'self'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cache-control': 'no-store',
};

/** Said only over TLS (RFC 6797): a browser that was here once never asks in clear again. */
const STAY_WITH_TLS: Readonly<Record<string, string>> = { 'strict-transport-security': 'max-age=31536000' };

/** Puts the security headers on every answer of the gateway, whoever gives it. Call before the app listens. */
export function addSecurityHeaders(app: NestFastifyApplication): void {
  const headers = app.get(PublicAddress, { strict: false }).secure ? { ...HEADERS, ...STAY_WITH_TLS } : HEADERS;
  app.getHttpAdapter().getInstance().addHook('onSend', (_request, reply, payload, done) => {
    reply.headers(headers);
    done(null, payload);
  });
}
