import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CommandError, InterruptedError } from './problems.ts';

const LONGEST_MS = 5 * 60_000;
const HEADERS = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'", 'referrer-policy': 'no-referrer', connection: 'close' };

/** What the person's browser brought: a code, or why there is none. */
export type BrowserAnswer = { readonly code: string } | { readonly error: string };

/** Where the person's browser brings the answer after a sign-in (RFC 8252 section 7.3): a port of this machine, which nobody else can reach, for one answer. */
export class Loopback {
  /** Known to this run alone, also after the browser has seen the code. */
  readonly verifier = randomBytes(32).toString('base64url');
  /** By which an answer is known as ours: every page the person has open could ask this port. */
  private readonly state = randomBytes(32).toString('base64url');
  private readonly server: Server;
  private readonly answered: Promise<BrowserAnswer>;

  private constructor() {
    const { promise, resolve } = Promise.withResolvers<BrowserAnswer>();
    this.answered = promise;
    this.server = createServer((request, response) => this.serve(request, response, resolve));
  }

  static async open(): Promise<Loopback> {
    const loopback = new Loopback();
    await new Promise<void>((resolve, reject) => {
      loopback.server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return loopback;
  }

  /** What the gateway must be told to lead the browser here. */
  get query(): string {
    const challenge = createHash('sha256').update(this.verifier).digest('base64url');
    return new URLSearchParams({ port: String((this.server.address() as AddressInfo).port), state: this.state, challenge }).toString();
  }

  /** The first answer that is ours. @throws CommandError when none comes in time, InterruptedError */
  async answer(interrupted: AbortSignal): Promise<BrowserAnswer> {
    const late = AbortSignal.timeout(LONGEST_MS);
    const ended = Promise.withResolvers<never>();
    const end = (): void => ended.reject(interrupted.aborted ? new InterruptedError() : new CommandError('五分钟内没有完成登录。', undefined, '请再运行一次 bridgectl login --oidc。'));
    const both = AbortSignal.any([interrupted, late]);
    both.addEventListener('abort', end, { once: true });
    if (both.aborted) end();
    return Promise.race([this.answered, ended.promise]).finally(() => both.removeEventListener('abort', end));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private serve({ method, url = '/' }: IncomingMessage, response: ServerResponse, resolve: (answer: BrowserAnswer) => void): void {
    const answer = method === 'GET' ? answerIn(url, this.state) : null;
    if (answer === null) {
      response.writeHead(404, HEADERS).end();
      return;
    }
    const text = 'code' in answer ? '登录完成，请回到终端。' : '登录没有成功，原因见终端。';
    response.writeHead(200, HEADERS).end(`<!doctype html><meta charset="utf-8"><title>bridgectl</title><p>${text}可以关闭此页。</p>\n`, () => resolve(answer));
  }
}

/** What an address brings, if it is the one we are waiting for. */
function answerIn(address: string, state: string): BrowserAnswer | null {
  const url = URL.parse(address, 'http://127.0.0.1');
  if (url === null || url.pathname !== '/' || url.searchParams.get('state') !== state) return null;
  const [code, error] = [url.searchParams.get('code'), url.searchParams.get('error')];
  if (code !== null) return { code };
  return error === null ? null : { error };
}
