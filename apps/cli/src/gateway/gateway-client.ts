import { randomUUID } from 'node:crypto';
import { ApiProblem, InterruptedError, problemOf, UnreachableError } from './problems.ts';

export interface ClientOptions {
  readonly url: string;
  readonly token: string | null;
  /** A request that takes longer (ms) has failed. */
  readonly timeoutMs: number;
  readonly interrupted: AbortSignal;
}

/** An answer with what its headers say. */
export interface Answered<T> {
  readonly body: T;
  readonly etag: string | null;
  /** The gateway's clock (ms since 1970) when it answered; whole seconds. */
  readonly date: number | null;
  readonly status: number;
  /** `name=value` of each cookie that was set. */
  readonly cookies: readonly string[];
}

/** Values of a query; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** A repetition of a write is safe, since it bears the same Idempotency-Key. */
const ATTEMPTS = 2;

/** Asks the ops API. Every request ends in time, none follows a redirection: the token is for this gateway alone. */
export class GatewayClient {
  readonly url: string;
  private readonly options: ClientOptions;
  /** By which the rest of an answer can be broken off. */
  private readonly endings = new WeakMap<Response, AbortController>();

  constructor(options: ClientOptions) {
    this.options = options;
    this.url = options.url;
  }

  async get<T>(path: string, query: Query = {}): Promise<T> {
    return (await this.ask<T>('GET', path + searchOf(query))).body;
  }

  /** A write: once, however often it must be sent. */
  async write<T>(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<T> {
    const once = { ...headers, 'idempotency-key': `bridgectl-${randomUUID()}`, 'content-type': 'application/json' };
    return (await this.ask<T>(method, path, once, JSON.stringify(body))).body;
  }

  /** @throws ApiProblem, UnreachableError, InterruptedError */
  async ask<T>(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: string): Promise<Answered<T>> {
    const response = await this.send(method, path, headers, body);
    const text = await this.timely(response, () => response.text());
    const parsed = parse(text);
    if (!response.ok) throw new ApiProblem(problemOf(response.status, parsed));
    if (parsed === undefined) throw new UnreachableError(this.url, '答复不是 JSON：这个地址不是网关');
    return {
      body: parsed as T, etag: response.headers.get('etag'), date: dateOf(response), status: response.status,
      cookies: response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? ''),
    };
  }

  /** An answer that is text. */
  async text(path: string, query: Query = {}): Promise<string> {
    const response = await this.send('GET', path + searchOf(query), {});
    const text = await this.timely(response, () => response.text());
    if (!response.ok) throw new ApiProblem(problemOf(response.status, parse(text)));
    return text;
  }

  /** A report that is given with a refusal too. */
  async askAnyway<T>(path: string): Promise<{ readonly body: T | undefined; readonly date: number | null }> {
    const response = await this.send('GET', path, {});
    const body = parse(await this.timely(response, () => response.text())) as T | undefined;
    return { body, date: dateOf(response) };
  }

  /** The answer as it comes in, for what may be too large to be held. */
  async stream(path: string, query: Query = {}): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.send('GET', path + searchOf(query), {});
    if (!response.ok) throw new ApiProblem(problemOf(response.status, parse(await this.timely(response, () => response.text()))));
    if (response.body === null) throw new UnreachableError(this.url, '答复是空的');
    return this.pieces(response, response.body.getReader());
  }

  /** Each piece has to come in time; the whole may take as long as it takes. */
  private async *pieces(response: Response, reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const { done, value } = await this.timely(response, () => reader.read());
        if (done) return;
        yield value;
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  private async send(method: string, path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<Response> {
    const { token, timeoutMs, interrupted } = this.options;
    const all = { accept: 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers };
    for (let attempt = 1; ; attempt += 1) {
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(tooLate(timeoutMs)), timeoutMs);
      const signal = AbortSignal.any([interrupted, late.signal]);
      try {
        const response = await fetch(this.url + path, { method, headers: all, body: body ?? null, redirect: 'manual', signal });
        this.endings.set(response, late);
        return refuseRedirect(response, this.url);
      } catch (error) {
        if (interrupted.aborted || attempt >= ATTEMPTS || !isDropped(error)) throw this.explained(error);
      } finally {
        clearTimeout(timer);
      }
    }
  }

  /** What takes too long is broken off: a connection that stays open would keep the program from ending. */
  private async timely<T>(response: Response, act: () => Promise<T>): Promise<T> {
    const { timeoutMs } = this.options;
    const late = this.endings.get(response) ?? new AbortController();
    const timer = setTimeout(() => late.abort(tooLate(timeoutMs)), timeoutMs);
    try {
      return await act();
    } catch (error) {
      throw this.explained(late.signal.aborted ? late.signal.reason : error);
    } finally {
      clearTimeout(timer);
    }
  }

  private explained(error: unknown): Error {
    if (this.options.interrupted.aborted) return new InterruptedError();
    if (error instanceof UnreachableError) return error;
    return new UnreachableError(this.url, reasonOf(error));
  }
}

function tooLate(timeoutMs: number): DOMException {
  return new DOMException(`${timeoutMs / 1000} 秒内没有答复`, 'TimeoutError');
}

/** `?a=b`, or nothing. */
export function searchOf(query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string | number | boolean] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
}

function refuseRedirect(response: Response, url: string): Response {
  if (response.status >= 300 && response.status < 400) throw new UnreachableError(url, `答复是转到别处（HTTP ${response.status}），令牌不会跟去；请直接指定网关的地址`);
  return response;
}

function dateOf({ headers }: Response): number | null {
  const date = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(date) ? null : date;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The connection went away: what was sent may have arrived, or not. */
function isDropped(error: unknown): boolean {
  return ['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  const cause = typeof error === 'object' && error !== null ? (error as { cause?: unknown }).cause : undefined;
  const code = typeof cause === 'object' && cause !== null ? (cause as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: '没有程序在这个端口上', ENOTFOUND: '没有这个主机名', EAI_AGAIN: '主机名暂时查不到', ETIMEDOUT: '连接超时', EHOSTUNREACH: '到不了这台主机',
  ECONNRESET: '连接中断', UND_ERR_SOCKET: '连接中断', CERT_HAS_EXPIRED: '网关的证书已过期', DEPTH_ZERO_SELF_SIGNED_CERT: '网关的证书是自签的；用 NODE_EXTRA_CA_CERTS 指定信任的证书',
};

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code !== '') return REASONS[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}
