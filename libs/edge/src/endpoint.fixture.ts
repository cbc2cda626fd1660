import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How an endpoint treats a request; `apply` does the effect of a POST. */
export type Manners = (request: IncomingMessage, response: ServerResponse, apply: () => void) => void;

export const MANNERS = {
  wellBehaved: (_request, response, apply) => {
    apply();
    response.end('{"received":true}');
  },
  /** Takes the connection and never answers. */
  hanging: () => undefined,
  refusingAll: (_request, response) => void response.writeHead(503).end(),
  /** Its guardian answers, its work does not. */
  refusingWork: (request, response) => void response.writeHead(request.method === 'HEAD' ? 405 : 503).end(),
  /** Does the work, then drops the connection. */
  droppingAfterWork: (request, response, apply) => {
    if (request.method === 'HEAD') return void response.end();
    apply();
    request.socket.destroy();
  },
} as const satisfies Record<string, Manners>;

const ASKED = /^\/received\/(.+)$/;

/** A real receiver over HTTP that does not deduplicate, knows what it has done, and can be stopped, started and told how to behave. */
export class TestEndpoint {
  manners: Manners = MANNERS.wellBehaved;
  /** Treats single transfers by their id. */
  readonly exceptions = new Map<string, Manners>();
  /** Effects, in order; a transfer that was applied twice stands here twice. */
  readonly applied: string[] = [];
  /** Every POST that came, in order, with how many were being answered then. */
  readonly posts: { readonly transferId: string; readonly atOnce: number }[] = [];
  /** What somebody before it answers to every question, instead of it. */
  answerToQuestions: number | null = null;
  heads = 0;
  questions = 0;
  #atOnce = 0;
  #port = 0;
  #server: Server | null = null;

  async start(): Promise<this> {
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Refuses connections from now on, until it is started again at the same place. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Its place in an endpoints file. */
  entry(more: object = {}): object {
    return { url: `${this.origin}/v1/work`, timeoutMs: 5_000, signing: { keyId: 'b1', algorithm: 'HMAC-SHA256', secret: 'synthetic-secret-of-an-endpoint' }, ...more };
  }

  get verify(): object {
    return { url: `${this.origin}/received/{transferId}` };
  }

  timesApplied(transferId: string): number {
    return this.applied.filter((id) => id === transferId).length;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const asked = ASKED.exec(request.url ?? '')?.[1];
    if (request.method === 'GET' && asked !== undefined) {
      this.questions += 1;
      response.writeHead(this.answerToQuestions ?? (this.applied.includes(asked) ? 200 : 404)).end();
      return;
    }
    const transferId = String(request.headers['idempotency-key']);
    if (request.method === 'HEAD') this.heads += 1;
    if (request.method === 'POST') this.#count(transferId, response);
    const manners = this.exceptions.get(transferId) ?? this.manners;
    request.once('end', () => manners(request, response, () => request.method === 'POST' && this.applied.push(transferId)));
  }

  #count(transferId: string, response: ServerResponse): void {
    this.#atOnce += 1;
    this.posts.push({ transferId, atOnce: this.#atOnce });
    response.once('close', () => { this.#atOnce -= 1; });
  }
}
