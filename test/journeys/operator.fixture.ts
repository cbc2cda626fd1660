import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { comingAgain } from './coming-again.fixture.ts';

const ANSWER_MS = 30_000;
const DAY_MS = 86_400_000;

/** A bulk operation, as the operators' API shows it: what a run looks at. */
export interface Operation {
  readonly operationId: string;
  readonly status: string;
  readonly finishedAt: string | null;
  readonly preflight: { readonly toSend: number };
  readonly progress: { readonly sent: number; readonly delivered: number; readonly failed: number; readonly skipped: number };
}

/** A person on duty with a token of their own, who asks the operators' API as a script would. */
export class Operator {
  readonly #gatewayUrl: () => string;
  readonly #token: string;

  private constructor(gatewayUrl: () => string, token: string) {
    this.#gatewayUrl = gatewayUrl;
    this.#token = token;
  }

  /** Notes the person and the token in the ledger, where an administrator would have put them. `gatewayUrl`: asked anew each time, for programs are started again. */
  static async create(databaseUrl: string, gatewayUrl: () => string, rights: readonly string[]): Promise<Operator> {
    const id = randomUUID();
    const token = `token-for-tests-only-${id}`;
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      await client.query('insert into accounts (id, name, display_name, roles) values ($1, $2, $3, $4)', [id, `duty-${id.slice(0, 8)}`, '值班员', ['operator']]);
      await client.query(
        'insert into api_tokens (id, name, account_id, token_digest, rights, expires_at) values ($1, $2, $3, $4, $5, $6)',
        [id, 'duty', id, createHash('sha256').update(token).digest(), rights, new Date(Date.now() + DAY_MS)],
      );
    } finally {
      await client.end();
    }
    return new Operator(gatewayUrl, token);
  }

  get<T>(path: string): Promise<T> {
    return this.#ask('GET', path);
  }

  post<T>(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<T> {
    return this.#ask('POST', path, body, headers);
  }

  async #ask<T>(method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}): Promise<T> {
    const answer = await comingAgain(() => fetch(`${this.#gatewayUrl()}${path}`, {
      method, signal: AbortSignal.timeout(ANSWER_MS), body: body === undefined ? null : JSON.stringify(body),
      headers: { authorization: `Bearer ${this.#token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    }));
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text) as T;
  }
}
