import { BusInspector } from '#bus';
import { createLogger, HealthModule, KeyRing } from '#runtime';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { GatewayConfig } from '../gateway.config.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { OPS_POOL } from '../ops-pool.token.ts';
import { OpsApiModule } from './ops-api.module.ts';
import { serveOpsApi } from './serve-ops-api.ts';

export const OPS_TOKEN = 'a-token-for-tests-only-0123456789abcdef';

/** The ops API on a port of its own, as the gateway would serve it. */
export interface OpsServer {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Asks with the token. */
  get<T = unknown>(path: string): Promise<OpsAnswer<T>>;
  post<T = unknown>(path: string, body: unknown): Promise<OpsAnswer<T>>;
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
  const authorization = `Bearer ${OPS_TOKEN}`;
  return {
    app, url, ask,
    get: (path) => ask(path, { headers: { authorization } }),
    post: (path, body) => ask(path, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    close: () => app.close(),
  };
}

async function answerOf<T>(answering: Promise<Response>): Promise<OpsAnswer<T>> {
  const answer = await answering;
  const text = await answer.text();
  const json = /json/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, headers: answer.headers, text, body: (json ? JSON.parse(text) : null) as T };
}
