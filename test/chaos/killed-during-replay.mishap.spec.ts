import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { forgetProfile, premise, until } from '#test';
import pg from 'pg';
import { openProfile } from '../../local/servers/profile.ts';
import { SERVER_NAMES, type ServerName } from '../../local/servers/server-kind.ts';
import { SERVER_KINDS } from '../../local/servers/servers.ts';
import { Operator, type Operation } from '../journeys/operator.fixture.ts';
import { RunningBridge } from '../journeys/running-bridge.fixture.ts';
import { KeptServer } from './kept-server.ts';
import { SHORT_PATIENCE } from './settings.ts';

const PROFILE = 'killed-replay';
const START_MS = 300_000;
const RUN_MS = 300_000;
const STEP_MS = 120_000;
const CASES = 200;
/** A second, while processes die: a minute and a half of sending, and half of the processes send nothing while one of them is gone. */
const RATE = 2;
/** So much must have arrived since the last death before the next one. */
const BETWEEN = 3;
/** A second, after the last of them has died. */
const RATE_AFTERWARDS = 50;
const WHY = { reason: '中心接口配置已更正，重新投递' };
const BRIDGE = ['gateway', 'district-adapter', 'centre-adapter'] as const;

describe('a replay of many transfers during which every process dies once', () => {
  const profile = openProfile(PROFILE);
  const servers = Object.fromEntries(SERVER_NAMES.map((name) => [name, new KeptServer(SERVER_KINDS[name], profile)])) as Record<ServerName, KeptServer>;
  // The first to be named ends first: the programs must be gone before their servers are.
  afterAll(() => bridge.stop(), START_MS);
  afterAll(async () => {
    await Promise.all(Object.values(servers).map((server) => server.release()));
    forgetProfile(PROFILE);
  }, START_MS);
  const bridge = new RunningBridge({ seed: 43, env: { ...SHORT_PATIENCE, gateway: { ...SHORT_PATIENCE.gateway, OPERATION_LEASE_MS: '2000' } } }, {
    redisPrefix: 'killed:',
    get rabbitmq() { return servers.rabbitmq.url; },
    get redis() { return servers.redis.url; },
    get database() { return servers.postgres.url; },
  });
  let operator: Operator;
  beforeAll(async () => {
    await Promise.all(Object.values(servers).map((server) => server.start()));
    await bridge.start();
    operator = await Operator.create(bridge.servers.database, () => bridge.url('gateway'), ['see-metadata', 'replay']);
  }, START_MS);

  const show = (id: string): Promise<Operation> => operator.get(`/api/operations/${id}`);
  /** While something is down the API may not answer. */
  const delivered = (id: string): Promise<number> => show(id).then(({ progress }) => progress.delivered, () => 0);

  it('completes, and every transfer has one effect and was sent as one attempt', async () => {
    await bridge.disturb('centre', { statusRatio: 1, status: 400 });
    await bridge.begin({ cases: CASES });
    const failed = await until(async () => {
      const ids = await rows<{ id: string }>("SELECT id FROM transfers WHERE status = 'failed' AND project_no NOT LIKE 'CANARY-%'");
      return ids.length === CASES ? ids.map(({ id }) => id) : null;
    }, { within: STEP_MS, what: 'the failures of all cases, canaries aside' });
    await bridge.disturb('centre', {});

    const { operationId: id } = await operator.post<Operation>('/api/operations', {
      kind: 'replay', selection: { filter: { destination: 'centre', errorCode: 'http-400' } }, ratePerSecond: RATE, maxInFlight: 8, ladder: [], abort: { failureRatio: 1, newSignature: false }, ...WHY,
    });
    await until(async () => (await show(id)).status === 'ready', { within: STEP_MS, what: 'the preflight' });
    await operator.post(`/api/operations/${id}/start`, { ...WHY, confirmCount: (await show(id)).preflight.toSend });

    const deaths = [...BRIDGE.map((name) => ({ name, die: async () => { await bridge.kill(name); await bridge.launch(name); } })),
      ...SERVER_NAMES.map((name) => ({ name, die: async () => { await servers[name].strike('SIGKILL'); await servers[name].start(); } }))];
    let before = 0;
    for (const { name, die } of deaths) {
      before = await until(async () => {
        const now = await delivered(id);
        return now >= before + BETWEEN ? now : null;
      }, { within: STEP_MS, what: `deliveries before the death of ${name}` });
      premise(before < CASES, `everything was delivered before the death of ${name}`);
      await nextSending(failed);
      await die();
    }
    await operator.post(`/api/operations/${id}/rate`, { ...WHY, ratePerSecond: RATE_AFTERWARDS });
    await until(async () => (await show(id).catch(() => null))?.finishedAt, { within: STEP_MS, what: 'the end of the operation' });
    expect(await show(id)).toMatchObject({ status: 'completed', progress: { sent: CASES, delivered: CASES, failed: 0, skipped: 0 } });

    await bridge.finished();
    const effects = (await bridge.record('centre')).filter(({ k }) => k === 'effect').map((line) => (line as unknown as { readonly key: string }).key);
    const times = Map.groupBy(effects, (key) => key);
    expect(failed.filter((transfer) => times.get(transfer)?.length !== 1)).toEqual([]);
    // The one that failed, and the one by which it was replayed.
    expect(await rows('SELECT attempts, count(*)::int FROM transfers WHERE id = ANY($1) GROUP BY attempts', [failed])).toEqual([{ attempts: 2, count: CASES }]);
    expect(await rows('SELECT count(*)::int FROM operation_claims')).toEqual([{ count: 0 }]);
    expect(await bridge.check()).toMatchObject({ ok: true, cases: CASES, lost: 0, duplicated: 0, outOfOrder: 0, altered: 0, stuckCount: 0, failed: 0, findings: [] });
  }, RUN_MS);

  /** The moment at which transfers have just been set under way: what else belongs to that may not be there yet, and no order of them has arrived. */
  async function nextSending(transfers: readonly string[]): Promise<void> {
    const sent = async (): Promise<number> => (await rows<{ sent: number }>('SELECT count(*)::int AS sent FROM transfers WHERE id = ANY($1) AND attempts > 1', [transfers]))[0]?.sent ?? 0;
    const before = await sent();
    premise(before < CASES, 'everything was sent before the last death');
    await until(async () => (await sent()) > before, { within: STEP_MS, every: 5, what: 'the next sending' });
  }

  async function rows<T extends object>(query: string, values: readonly unknown[] = []): Promise<T[]> {
    const client = new pg.Client({ connectionString: servers.postgres.directUrl });
    await client.connect();
    try {
      return (await client.query<T>(query, [...values])).rows;
    } finally {
      await client.end();
    }
  }
});
