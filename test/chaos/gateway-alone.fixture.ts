import { afterAll, beforeAll } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyRing } from '#runtime';
import { freePort } from '#test';
import pg from 'pg';
import { AdapterStandIn } from '../../apps/gateway/src/adapter-stand-in.fixture.ts';
import { eventOf } from '../../apps/gateway/src/case-events.fixture.ts';
import { buildWhenStale } from '../../local/build/build-when-stale.ts';
import { peakMemoryMiB } from '../../local/programs/memory.ts';
import { bridgePlan } from '../../local/programs/plans.ts';
import { Program } from '../../local/programs/program.ts';
import { withLock } from '../../local/servers/lock.ts';
import { openProfile } from '../../local/servers/profile.ts';
import { until } from '../../local/until.ts';

const START_MS = 180_000;
const RECORDED_MS = 60_000;

interface Servers { readonly rabbitmq: string; readonly redis: string; readonly redisPrefix: string; readonly database: string; readonly ledger: string }

/** The built gateway as a process of its own, with the memory that it has in a deployment on one machine; a stand-in plays both adapters. */
export class GatewayAlone {
  readonly #home = mkdtempSync(join(tmpdir(), 'jiujin-gateway-'));
  readonly #servers: Servers;
  readonly #takesOrders: boolean;
  #program: Program | null = null;
  #adapter: AdapterStandIn | null = null;
  #ledger: pg.Pool | null = null;

  /** `database`: as the gateway sees it; `ledger`: the same, as the test sees it. */
  constructor(servers: Servers, { takesOrders }: { takesOrders: boolean }) {
    this.#servers = servers;
    this.#takesOrders = takesOrders;
  }

  async start(): Promise<void> {
    await withLock(join(openProfile('test').run, 'build.lock'), () => buildWhenStale());
    const { rabbitmq, redis, redisPrefix, database, ledger } = this.#servers;
    const keys = KeyRing.generateJson();
    const port = await freePort();
    const plan = bridgePlan('gateway', { 'gateway': port, 'district-adapter': 0, 'centre-adapter': 0 }, {
      RABBITMQ_URL: rabbitmq, REDIS_URL: redis, REDIS_PREFIX: redisPrefix, DATABASE_URL: database, LEDGER_KEYS: keys, OPS_TOKEN: 'a-token-for-tests-only-0123456789abcdef',
      // Receipts that do not come are not what is looked at here.
      RECEIPT_PATIENCE_MS: '3600000',
    });
    this.#program = new Program(plan, this.#profile());
    await this.#program.launch();
    await this.#program.becomeReady({});
    this.#adapter = await AdapterStandIn.open(rabbitmq, KeyRing.fromJson(keys), { takesOrders: this.#takesOrders });
    this.#ledger = new pg.Pool({ connectionString: ledger, max: 2 });
    await this.adapter.say(eventOf('permission.granted'));
    await this.count('SELECT count(*) FROM grants', 1, RECORDED_MS);
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    await this.#adapter?.close();
    await this.#ledger?.end();
    rmSync(this.#home, { recursive: true, force: true });
  }

  get adapter(): AdapterStandIn {
    if (this.#adapter === null) throw new Error('the gateway was not started');
    return this.#adapter;
  }

  /** The most memory that it ever held. */
  get peakMiB(): number {
    return peakMemoryMiB(this.#program?.pid ?? null) ?? 0;
  }

  async ask<T extends object>(query: string, values: readonly unknown[] = []): Promise<T[]> {
    if (this.#ledger === null) throw new Error('the gateway was not started');
    return (await this.#ledger.query<T>(query, [...values])).rows;
  }

  /** Resolves once this query counts at least so many. */
  async count(query: string, atLeast: number, within: number): Promise<void> {
    let counted = 0;
    await until(async () => {
      counted = Number((await this.ask<{ count: string }>(query))[0]?.count);
      return counted >= atLeast;
    }, { within, every: 200 }).catch((error: unknown) => { throw new Error(`${query}: ${counted} of ${atLeast}`, { cause: error }); });
  }

  #profile(): ConstructorParameters<typeof Program>[1] {
    const at = (name: string): string => join(this.#home, name);
    const profile = { name: 'gateway', home: this.#home, run: at('run'), servers: at('servers'), logs: at('logs'), secrets: at('secrets'), id: 'gateway', durable: false };
    for (const folder of [profile.run, profile.logs]) mkdirSync(folder, { mode: 0o700 });
    return profile;
  }
}

/**
 * For the calling test file. Call it before the fixtures of the gateway's servers, and what it returns after them: hooks run in the order in which
 * they are named, and the gateway must be gone before its servers are.
 */
export function withGatewayAlone(gateway: () => GatewayAlone): () => void {
  afterAll(() => gateway().stop(), START_MS);
  return () => { beforeAll(() => gateway().start(), START_MS); };
}
