import { BusInspector } from '#bus';
import { createLogger, HealthModule, KeyRing } from '#runtime';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { rightsOf } from '../access/rights.ts';
import type { Role } from '../access/rights.ts';
import { digestOfToken } from '../access/token-digest.ts';
import { GatewayConfig } from '../gateway.config.ts';
import { insertApiToken } from '../ledger/access-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { OPS_POOL } from '../ops-pool.token.ts';
import { OpsApiModule } from './ops-api.module.ts';
import { serveOpsApi } from './serve-ops-api.ts';

export const OPS_TOKEN = 'a-token-for-tests-only-0123456789abcdef';

/** Somebody who asks the ops API. */
export interface OpsClient {
  readonly token: string;
  get<T = unknown>(path: string): Promise<OpsAnswer<T>>;
  post<T = unknown>(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<OpsAnswer<T>>;
}

/** The ops API on a port of its own, as the gateway would serve it. It is itself a client with the OPS_TOKEN, who may look and no more. */
export interface OpsServer extends OpsClient {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** A person of their own with the rights of these roles, by an API token. */
  as(...roles: Role[]): Promise<OpsClient>;
  ask<T = unknown>(path: string, init: RequestInit): Promise<OpsAnswer<T>>;
  close(): Promise<void>;
}

export interface OpsAnswer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: T;
}

/** Stands where the broker's own account of its queues would be: every queue is there, with one consumer and nothing in it. */
export const QUIET_BROKER = { inspect: (names: readonly string[]) => Promise.resolve(names.map((name) => ({ name, messages: 0, consumers: 1 }))) };

export async function startOpsServer(db: Kysely<LedgerTables>, keys: KeyRing, inspector: Pick<BusInspector, 'inspect'> = QUIET_BROKER): Promise<OpsServer> {
  const config = Object.assign(new GatewayConfig(), { opsToken: OPS_TOKEN });
  const providers = [
    { provide: OPS_POOL, useValue: db }, { provide: KeyRing, useValue: keys }, { provide: GatewayConfig, useValue: config },
    { provide: BusInspector, useValue: inspector },
    { provide: LOGGER, useValue: createLogger('gateway', { level: 'silent' }) },
  ];
  @Global()
  @Module({ providers, exports: providers })
  class Surroundings {}
  const health = HealthModule.forRootAsync({ useFactory: () => ({ postgresql: () => sql`select 1`.execute(db) }) });
  @Module({ imports: [Surroundings, health, OpsApiModule] })
  class Root {}
  const app = await NestFactory.create<NestFastifyApplication>(Root, new FastifyAdapter({ forceCloseConnections: true }), { logger: false });
  serveOpsApi(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const ask = <T>(path: string, init: RequestInit): Promise<OpsAnswer<T>> => answerOf<T>(fetch(url + path, { signal: AbortSignal.timeout(10_000), ...init }));
  const clientWith = (token: string): OpsClient => {
    const authorization = `Bearer ${token}`;
    return {
      token,
      get: (path) => ask(path, { headers: { authorization } }),
      post: (path, body, headers = {}) => ask(path, { method: 'POST', headers: { authorization, 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }),
    };
  };
  return {
    app, url, ask, ...clientWith(OPS_TOKEN),
    as: async (...roles) => clientWith(await tokenFor(db, roles)),
    close: () => app.close(),
  };
}

async function tokenFor(db: Kysely<LedgerTables>, roles: readonly Role[]): Promise<string> {
  const id = randomUUID();
  const token = `token-for-tests-only-${id}`;
  await insertApiToken(db, {
    id, name: roles.join('+'), person: `account:${id}`, token_digest: digestOfToken(token), rights: [...rightsOf(roles)], expires_at: new Date(Date.now() + 3_600_000),
  });
  return token;
}

async function answerOf<T>(answering: Promise<Response>): Promise<OpsAnswer<T>> {
  const answer = await answering;
  const text = await answer.text();
  const json = /json/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, headers: answer.headers, text, body: (json ? JSON.parse(text) : null) as T };
}
