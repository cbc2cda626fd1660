import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { SigningKey } from '../../local/secrets.ts';
import { comingAgain } from './coming-again.fixture.ts';

const ANSWER_MS = 30_000;
const HASHES = { 'HMAC-SHA256': 'sha256', 'HMAC-SM3': 'sm3' } as const;

/** What is not as it should be in one request. */
export interface Twist {
  readonly contentType?: string;
  readonly nonce?: string;
  readonly timestamp?: number;
  /** The bytes that are sent in place of the signed ones. */
  readonly sendInstead?: string;
  readonly unsigned?: boolean;
}

/** The answer to a request, with what problem details say. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | null;
  readonly text: string;
  readonly body: ReplyBody;
}

interface ReplyBody {
  readonly code?: string;
  readonly transferId?: string;
  readonly titleZh?: string;
  readonly detailZh?: string;
  readonly errors?: readonly { readonly field: string; readonly rule: string; readonly zh: string; readonly en: string }[];
}

/** A system outside that knocks at a door of the bridge. It signs by the published description of the scheme (docs/signing.md) and nothing else. */
export class OutsideParty {
  readonly #appKey: string;
  readonly #key: SigningKey;

  constructor(appKey: string, key: SigningKey) {
    this.#appKey = appKey;
    this.#key = key;
  }

  /** Sends a body to this address, signed anew when it is asked to come again; a text goes as it is, anything else as JSON. */
  async send(url: string, content: unknown, twist: Twist = {}): Promise<Reply> {
    const body = typeof content === 'string' ? content : JSON.stringify(content);
    const type = Array.isArray(content) ? 'application/cloudevents-batch+json' : 'application/cloudevents+json';
    const answer = await comingAgain(() => {
      const headers = { 'content-type': twist.contentType ?? type, ...(twist.unsigned ? {} : this.#signature(new URL(url), body, twist)) };
      return fetch(url, { method: 'POST', headers, body: twist.sendInstead ?? body, signal: AbortSignal.timeout(ANSWER_MS) });
    });
    const text = await answer.text();
    return {
      status: answer.status, contentType: answer.headers.get('content-type') ?? '', retryAfter: answer.headers.get('retry-after'), text,
      body: JSON.parse(text) as ReplyBody,
    };
  }

  #signature({ pathname, searchParams }: URL, body: string, { nonce = randomUUID(), timestamp = Date.now() }: Twist): Record<string, string> {
    const hash = HASHES[this.#key.algorithm];
    const digest = createHash(hash).update(body).digest('hex');
    const query = searchParams.toString().split('&').sort().join('&');
    const text = ['POST', pathname, query, digest, this.#appKey, this.#key.keyId, timestamp, nonce].join('\n');
    return {
      'x-app-key': this.#appKey, 'x-key-id': this.#key.keyId, 'x-timestamp': String(timestamp), 'x-nonce': nonce, 'x-sign-alg': this.#key.algorithm,
      'x-content-digest': digest, 'x-signature': createHmac(hash, this.#key.secret).update(text).digest('hex'),
    };
  }
}
