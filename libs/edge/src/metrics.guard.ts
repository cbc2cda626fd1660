import { createHash } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import { NotFoundException, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { equalsInConstantTime } from './signing.ts';

/** What the guard reads of Fastify's request. `routeOptions.url` is the route that was found, however the address was written. */
interface RoutedRequest {
  readonly ip: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly routeOptions: { readonly url?: string };
}

interface ChallengingReply {
  header(name: string, value: string): unknown;
}

const METRICS_ROUTE = '/metrics';
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Keeps the metrics of an adapter from those who can reach its door: with a token only who presents it (401 otherwise), without one only
 * callers on the same machine (404 otherwise). All other routes pass: the door proves its senders by itself, health is open.
 */
export class MetricsGuard implements CanActivate {
  readonly #digest: string | null;

  /** `token`: the OPS_TOKEN. Only its digest is kept. */
  constructor(token: string | undefined) {
    this.#digest = token === undefined ? null : digestOf(token);
  }

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<RoutedRequest>();
    if (request.routeOptions.url !== METRICS_ROUTE) return true;
    if (this.#digest === null) {
      if (!isFromThisMachine(request)) throw new NotFoundException();
      return true;
    }
    if (equalsInConstantTime(this.#digest, digestOf(bearerOf(request.headers['authorization'])))) return true;
    http.getResponse<ChallengingReply>().header('www-authenticate', 'Bearer realm="jiujin-ops"');
    throw new UnauthorizedException();
  }
}

/** A proxy on this machine calls from here too, for somebody else: what was forwarded is not local. */
function isFromThisMachine({ ip, headers }: RoutedRequest): boolean {
  const forwarded = headers['forwarded'] !== undefined || headers['x-forwarded-for'] !== undefined;
  return !forwarded && LOOPBACK.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
}

/** The token of an `Authorization` header (RFC 6750 §2.1); empty when it carries none, which no configured token is. */
function bearerOf(header: unknown): string {
  return typeof header === 'string' ? /^Bearer +(\S+)$/i.exec(header)?.[1] ?? '' : '';
}

/** Digests have one length, so that a comparison shows neither the token's length nor its first wrong character. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
