import { BusInspector, BusPublisher } from '#bus';
import type { OutgoingMessage, RawMessage } from '#bus';
import { createLogger, HealthModule, KeyRing } from '#runtime';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Kysely, sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { rightsOf } from '../access/rights.ts';
import type { Role } from '../access/rights.ts';
import { digestOfToken } from '../access/token-digest.ts';
import { GatewayConfig } from '../gateway.config.ts';
import { insertAccount } from '../ledger/access-account-rows.ts';
import { insertApiToken } from '../ledger/access-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { OPS_POOL } from '../ops-pool.token.ts';
import { OperationJobs } from '../operations/operation-jobs.ts';
import { createHttpAdapter } from './http-adapter.ts';
import { OpsApiModule } from './ops-api.module.ts';
import { serveOpsApi } from './serve-ops-api.ts';

export const OPS_TOKEN = 'a-token-for-tests-only-0123456789abcdef';

/** Somebody who asks the ops API. */
export interface OpsClient {
  readonly token: string;
  get<T = unknown>(path: string): Promise<OpsAnswer<T>>;
  post<T = unknown>(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<OpsAnswer<T>>;
  send<T = unknown>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<OpsAnswer<T>>;
}

/** The ops API on a port of its own, as the gateway would serve it. It is itself a client with the OPS_TOKEN, who may look and no more. */
export interface OpsServer extends OpsClient {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** What would have gone to RabbitMQ. */
  readonly published: readonly OutgoingMessage[];
  /** Dead letters that went back to their queues. */
  readonly letters: readonly RawMessage[];
  /** A person of their own with these roles, by an API token with all their rights. */
  as(...roles: Role[]): Promise<OpsClient>;
  /** A client with these headers in every request. */
  clientWith(token: string, headers: Readonly<Record<string, string>>): OpsClient;
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

/** Nobody carries operations out here, unless a test does. */
const NO_JOBS: Pick<OperationJobs, 'wake'> = { wake: () => Promise.resolve() };

/** Stands where RabbitMQ would be, and takes everything. */
function publisherInto(published: OutgoingMessage[], letters: RawMessage[]): Pick<BusPublisher, 'ready' | 'publishAll' | 'publishAlone'> {
  return {
    publishAlone: (message) => {
      letters.push(message);
      return Promise.resolve();
    },
    ready: true,
    publishAll: (messages) => {
      published.push(...messages);
      return Promise.resolve(messages.map(() => ({ status: 'fulfilled', value: undefined })));
    },
  };
}

/** Where the settings say that servers are; nothing connects there. */
const NO_SERVERS = { rabbitmqUrl: ['amqp://127.0.0.1'], redisUrl: 'redis://127.0.0.1', databaseUrl: 'postgres://127.0.0.1/none' };

/** Where the tests' browsers believe the server to be. */
export const PUBLIC_URL = 'http://console.test';

export async function startOpsServer(
  db: Kysely<LedgerTables>, keys: KeyRing, inspector: Pick<BusInspector, 'inspect'> = QUIET_BROKER, settings: Partial<GatewayConfig> = {},
): Promise<OpsServer> {
  const config = Object.assign(new GatewayConfig(), { opsToken: OPS_TOKEN, publicUrl: PUBLIC_URL, loginsPerMinute: 100_000, ...NO_SERVERS }, settings);
  const published: OutgoingMessage[] = [];
  const letters: RawMessage[] = [];
  const providers = [
    { provide: OPS_POOL, useValue: db }, { provide: KeyRing, useValue: keys }, { provide: GatewayConfig, useValue: config },
    { provide: BusInspector, useValue: inspector }, { provide: BusPublisher, useValue: publisherInto(published, letters) }, { provide: Kysely, useValue: db }, { provide: OperationJobs, useValue: NO_JOBS },
    { provide: LOGGER, useValue: createLogger('gateway', { level: 'silent' }) },
  ];
  @Global()
  @Module({ providers, exports: providers })
  class Surroundings {}
  const health = HealthModule.forRootAsync({ useFactory: () => ({ postgresql: () => sql`select 1`.execute(db) }) });
  @Module({ imports: [Surroundings, health, OpsApiModule] })
  class Root {}
  const app = await NestFactory.create<NestFastifyApplication>(Root, createHttpAdapter(config), { logger: false });
  serveOpsApi(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const ask = <T>(path: string, init: RequestInit): Promise<OpsAnswer<T>> => answerOf<T>(fetch(url + path, { signal: AbortSignal.timeout(60_000), ...init }));
  const clientWith = (token: string, always: Readonly<Record<string, string>>): OpsClient => {
    const send: OpsClient['send'] = (method, path, body, headers = {}) => ask(path, {
      method, headers: { ...always, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }, body: body === undefined ? null : JSON.stringify(body),
    });
    return { token, send, get: (path) => send('GET', path), post: (path, body, headers) => send('POST', path, body, headers) };
  };
  const withToken = (token: string): OpsClient => clientWith(token, { authorization: `Bearer ${token}` });
  return {
    app, url, published, letters, ask, clientWith, ...withToken(OPS_TOKEN),
    as: async (...roles) => withToken(await tokenFor(db, roles)),
    close: () => app.close(),
  };
}

/** An API token of a new person with these roles. */
export async function tokenFor(db: Kysely<LedgerTables>, roles: readonly Role[]): Promise<string> {
  const id = randomUUID();
  await insertAccount(db, { id, name: `person-${id}`, display_name: roles.join('+'), roles: [...roles] });
  return addToken(db, id, roles);
}

/** An API token of this account with the rights of these roles. */
export async function addToken(db: Kysely<LedgerTables>, accountId: string, roles: readonly Role[]): Promise<string> {
  const id = randomUUID();
  const token = `token-for-tests-only-${id}`;
  await insertApiToken(db, {
    id, name: roles.join('+'), account_id: accountId, token_digest: digestOfToken(token), rights: [...rightsOf(roles)], expires_at: new Date(Date.now() + 3_600_000),
  });
  return token;
}

async function answerOf<T>(answering: Promise<Response>): Promise<OpsAnswer<T>> {
  const answer = await answering;
  const text = await answer.text();
  const json = /[/+]json/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, headers: answer.headers, text, body: (json && text !== '' ? JSON.parse(text) : null) as T };
}
