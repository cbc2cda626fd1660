import type { IncomingHttpHeaders } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Party } from '#contracts';
import type { DoorAnswer } from './door-answer.ts';
import type { DoorRequest } from './ingress.ts';
import { MEDIA_TYPES } from './parse-events.ts';

/** What the door reads of Fastify's request. `url` is the request line's target, unchanged. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** What the door needs of Fastify's reply. */
export interface HttpReply {
  code(status: number): HttpReply;
  header(name: string, value: string): HttpReply;
  send(body: string): unknown;
}

/** A request must have arrived whole within this time: a slow sender holds no connection for ever. */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * An HTTP server that hands bodies on as raw bytes (a signature covers bytes, not what a parser made of them), takes only the
 * door's media types and cuts off what is too long while it arrives. Create the app with `bodyParser: false`.
 */
export function createDoorAdapter(limits: { maxEventBytes: number; maxBatchBytes: number }): FastifyAdapter {
  const adapter = new FastifyAdapter({ requestTimeout: REQUEST_TIMEOUT_MS, bodyLimit: limits.maxEventBytes });
  adapter.getInstance().removeAllContentTypeParsers();
  for (const [type, form] of MEDIA_TYPES) {
    const bodyLimit = form === 'batch' ? limits.maxBatchBytes : limits.maxEventBytes;
    adapter.useBodyParser(type, false, { bodyLimit }, (_request: unknown, body: Buffer, done: (error: Error | null, body: Buffer) => void) => done(null, body));
  }
  return adapter;
}

/** The request as the ingress takes it; `door` is the party this address is for. */
export function toDoorRequest(request: HttpRequest, door: Party): DoorRequest {
  const [path = '', query = ''] = splitOnce(request.url);
  return { method: request.method, path, query, headers: request.headers, body: bytesOf(request.body), door };
}

/** Writes an answer. */
export function writeAnswer(reply: HttpReply, answer: DoorAnswer): void {
  reply.code(answer.status).header('content-type', answer.mediaType);
  if (answer.retryAfter !== null) reply.header('retry-after', answer.retryAfter);
  reply.send(answer.body);
}

function splitOnce(url: string): [string, string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}

function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
