import { createHash, randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import type { BridgeContestant } from '../contestants/contestant.ts';

const ANSWER_MS = 30_000;
const RIGHTS = {
  operator: ['see-metadata', 'search-identity', 'see-bodies', 'replay', 'manage-failures', 'pause-channels'],
  supervisor: ['see-metadata', 'see-bodies', 'replay', 'manage-failures', 'pause-channels', 'approve'],
} as const;

/** What is read of an operation. */
export interface OperationState {
  readonly status: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly progress: { readonly delivered: number; readonly skipped: number };
}

/** Somebody with a token for the ops API. */
export class OpsPerson {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.#ask<T>(path, { method: 'POST', body: JSON.stringify(body) });
  }

  operation(id: string): Promise<OperationState> {
    return this.#ask<OperationState>(`/api/operations/${id}`, { method: 'GET' });
  }

  async #ask<T>(path: string, init: RequestInit): Promise<T> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
    const answer = await fetch(this.#url + path, { ...init, headers, signal: AbortSignal.timeout(ANSWER_MS) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }
}

/** One who starts a replay and another one who approves it, put into the ledger as the gateway would keep them. */
export async function beTwoPeople({ database, ops }: BridgeContestant): Promise<[OpsPerson, OpsPerson]> {
  const db = new pg.Client({ connectionString: database });
  await db.connect();
  try {
    return [new OpsPerson(ops.url, await tokenOf(db, 'operator')), new OpsPerson(ops.url, await tokenOf(db, 'supervisor'))];
  } finally {
    await db.end();
  }
}

/** The token of somebody who may search for a person. */
export async function operatorToken({ database }: BridgeContestant): Promise<string> {
  const db = new pg.Client({ connectionString: database });
  await db.connect();
  try {
    return await tokenOf(db, 'operator');
  } finally {
    await db.end();
  }
}

async function tokenOf(db: pg.Client, role: keyof typeof RIGHTS): Promise<string> {
  const id = randomUUID();
  const token = randomBytes(32).toString('base64url');
  await db.query('insert into accounts (id, name, display_name, roles) values ($1, $2, $2, $3)', [id, `bench-${role}-${id}`, [role]]);
  await db.query(`insert into api_tokens (id, name, account_id, token_digest, rights, expires_at) values ($1, 'bench', $1, $2, $3, now() + interval '1 day')`,
    [id, createHash('sha256').update(token).digest(), RIGHTS[role]]);
  return token;
}
