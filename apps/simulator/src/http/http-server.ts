import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';

/** A request whose body has arrived whole. */
export interface Arrived {
  readonly method: string;
  /** Path with query. */
  readonly target: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly fromLoopback: boolean;
}

/** What to answer. In silence, `cut` ends the connection without a word and `hang` keeps it until the caller has had enough; a stream is sent as NDJSON. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly stream?: Readable;
  readonly headers?: Readonly<Record<string, string>>;
  readonly silence?: 'cut' | 'hang';
}

export type Handler = (request: Arrived) => Promise<Answer> | Answer;

const MOST_BODY_BYTES = 4 << 20;
const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

function readBody(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= MOST_BODY_BYTES) parts.push(part);
    });
    request.on('end', () => resolve(bytes > MOST_BODY_BYTES ? null : parts.length === 1 ? (parts[0] ?? null) : Buffer.concat(parts)));
    request.on('error', reject);
  });
}

function reply(response: ServerResponse, answer: Answer): void {
  if (answer.silence === 'cut') {
    response.socket?.destroy();
    return;
  }
  if (answer.stream !== undefined) {
    response.writeHead(answer.status, { 'content-type': 'application/x-ndjson', ...answer.headers });
    answer.stream.on('error', () => response.destroy()).pipe(response);
    return;
  }
  const text = JSON.stringify(answer.body ?? {});
  response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...answer.headers });
  response.end(text);
}

async function serve(request: IncomingMessage, response: ServerResponse, handler: Handler, hold: (response: ServerResponse) => void): Promise<void> {
  try {
    const body = await readBody(request);
    if (body === null) return reply(response, { status: 413, body: { code: 'too-large' } });
    const target = request.url ?? '/';
    const cut = target.indexOf('?');
    const answer = await handler({
      method: request.method ?? 'GET', target, body, headers: request.headers,
      path: cut < 0 ? target : target.slice(0, cut),
      query: new URLSearchParams(cut < 0 ? '' : target.slice(cut + 1)),
      fromLoopback: LOOPBACK.has(request.socket.remoteAddress ?? ''),
    });
    if (answer.silence === 'hang') hold(response);
    else reply(response, answer);
  } catch (error) {
    if (!response.headersSent) reply(response, { status: 500, body: { code: 'simulator-fault', detail: String(error) } });
  }
}

/** Starts to listen. @throws when the port is taken. */
export async function listen(host: string, port: number, handler: Handler): Promise<{ port: number; close: () => Promise<void> }> {
  /** Answers that never come; they must not hold the stop. */
  const held = new Set<ServerResponse>();
  const hold = (response: ServerResponse): void => {
    if (!server.listening) response.destroy();
    held.add(response);
    response.once('close', () => held.delete(response));
  };
  const server: Server = createServer({ keepAliveTimeout: 65_000, noDelay: true }, (request, response) => void serve(request, response, handler, hold));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const close = (): Promise<void> => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    for (const response of held) response.destroy();
  });
  return { port: (server.address() as AddressInfo).port, close };
}
