import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const PLATFORM_KEYS = {
  '410204': { keyId: 'bridge-sm3', algorithm: 'HMAC-SM3', secret: 'synthetic-platform-secret-1' },
  '410203': { keyId: 'bridge-sha', algorithm: 'HMAC-SHA256', secret: 'synthetic-platform-secret-2' },
} as const;

export interface Arrival {
  readonly path: string;
  readonly transferId: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** What an independent reading of the published scheme says about the signature. */
  readonly authentic: boolean;
}

type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

/** A receiver of completion updates that checks signatures with none of the bridge's code and misbehaves on request. */
export class Platform {
  readonly arrivals: Arrival[] = [];
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #server = createServer((request, response) => void this.#receive(request, response));

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How it treats one transfer; every other is answered 200. */
  onTransfer(transferId: string, behaviour: Behaviour): void {
    this.#behaviours.set(transferId, behaviour);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const path = request.url ?? '';
    const transferId = String(request.headers['idempotency-key']);
    this.arrivals.push({ path, transferId, headers: request.headers, body: body.toString(), authentic: isAuthentic(request, body) });
    const behave = this.#behaviours.get(transferId);
    if (behave) behave(response, request);
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}');
  }
}

function isAuthentic(request: IncomingMessage, body: Buffer): boolean {
  const { headers } = request;
  const key = Object.values(PLATFORM_KEYS).find(({ keyId }) => keyId === headers['x-key-id']);
  if (key === undefined || headers['x-app-key'] !== 'bridge' || headers['x-sign-alg'] !== key.algorithm) return false;
  const hash = key.algorithm === 'HMAC-SM3' ? 'sm3' : 'sha256';
  const digest = createHash(hash).update(body).digest('hex');
  const expected = createHmac(hash, key.secret).update(signedText(request, digest, key.keyId)).digest();
  const given = Buffer.from(String(headers['x-signature']), 'hex');
  const isFresh = Math.abs(Date.now() - Number(headers['x-timestamp'])) < 60_000;
  return isFresh && headers['x-content-digest'] === digest && given.length === expected.length && timingSafeEqual(given, expected);
}

function signedText({ method, url = '', headers }: IncomingMessage, digest: string, keyId: string): string {
  const [path, query = ''] = url.split('?');
  return [method, path, query.split('&').sort().join('&'), digest, 'bridge', keyId, headers['x-timestamp'], headers['x-nonce']].join('\n');
}
