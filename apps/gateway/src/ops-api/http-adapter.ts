import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { GatewayConfig } from '../gateway.config.ts';
import { answerHead } from './answer-head.ts';
import { trustedProxies } from './trusted-proxies.ts';

const BODY_LIMIT = 64 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;

/** The HTTP server of the gateway. */
export function createHttpAdapter(config: Pick<GatewayConfig, 'trustedProxies'>): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT, requestTimeout: REQUEST_TIMEOUT_MS, forceCloseConnections: true, exposeHeadRoutes: false, trustProxy: trustedProxies(config),
  });
  answerHead(adapter);
  return adapter;
}
