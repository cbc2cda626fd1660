import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Pool, type Dispatcher } from 'undici';
import type { AttemptResult } from './classify-attempt.ts';

/** The answer is read up to here for its digest; what lies beyond is cut off with the connection. */
const MAX_ANSWER_BYTES = 64 * 1024;

export interface HttpAttempt {
  readonly result: AttemptResult;
  /** SHA-256 (hex) of the answer's body, up to {@link MAX_ANSWER_BYTES}; `null` when there was none. */
  readonly responseDigest: string | null;
}

export interface OutgoingRequest {
  readonly method: 'POST' | 'GET' | 'HEAD';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | null;
  readonly timeoutMs: number;
}

/** One pool of kept-alive connections to one origin. At most `connections` requests are under way; the rest wait, within their time-out. */
export class HttpClient {
  readonly #pool: Pool;

  constructor(origin: string, options: { connections: number; timeoutMs: number }) {
    this.#pool = new Pool(origin, {
      connections: options.connections,
      pipelining: 1,
      connectTimeout: options.timeoutMs,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      allowH2: false,
    });
  }

  /** One attempt. Never rejects: whatever goes wrong is part of the result. */
  send({ method, path, headers, body, timeoutMs }: OutgoingRequest): Promise<HttpAttempt> {
    return new Promise((resolve) => {
      this.#pool.dispatch({ method, path, headers, body }, new AttemptHandler(timeoutMs, resolve));
    });
  }

  /** Breaks off what is under way, and closes the connections. */
  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }
}

/**
 * Follows one request on undici's own handler, because only there one sees whether it had been given to a connection
 * when it broke, and can stop reading an endless answer.
 */
class AttemptHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (attempt: HttpAttempt) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #digest = createHash('sha256');
  #controller: Dispatcher.DispatchController | null = null;
  #answer: { status: number; retryAfter: string | null } | null = null;
  #bytes = 0;
  #settled = false;

  constructor(timeoutMs: number, resolve: (attempt: HttpAttempt) => void) {
    this.#resolve = resolve;
    this.#timer = setTimeout(() => this.#stop('attempt-timeout'), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Still queued for a connection when the time ran out: it must not go out after it was reported.
    if (this.#settled) controller.abort(new Error('the attempt is over'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // An interim answer (RFC 9110 §15.2) decides nothing: the real one follows, or does not.
    if (status < 200) return;
    const retryAfter = headers['retry-after'];
    this.#answer = { status, retryAfter: typeof retryAfter === 'string' ? retryAfter : null };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const room = MAX_ANSWER_BYTES - this.#bytes;
    this.#bytes += chunk.length;
    this.#digest.update(chunk.length > room ? chunk.subarray(0, Math.max(0, room)) : chunk);
    if (this.#bytes <= MAX_ANSWER_BYTES) return;
    this.#answered();
    controller.abort(new Error('the answer is too long'));
  }

  onResponseEnd(): void {
    this.#answered();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#broken('code' in error && typeof error.code === 'string' ? error.code : error.name);
  }

  #stop(code: string): void {
    this.#broken(code);
    this.#controller?.abort(new Error('the attempt ran out of time'));
  }

  #answered(): void {
    if (this.#answer === null) return;
    this.#settle({ kind: 'answered', ...this.#answer });
  }

  /** Once there is a status line, that is the receiver's word: nothing in the body could change it. */
  #broken(code: string): void {
    if (this.#answer !== null) return this.#answered();
    this.#settle({ kind: 'broken', code, sent: this.#controller !== null });
  }

  #settle(result: AttemptResult): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#resolve({ result, responseDigest: this.#bytes > 0 ? this.#digest.digest('hex') : null });
  }
}
