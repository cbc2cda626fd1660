import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, KeyRing, metricsRegistry } from '#runtime';
import type { RunningApp } from '#runtime';
import type { Kysely } from 'kysely';
import { until, withDatabase, withRedis, withVhost } from '../../../../test/support/index.ts';
import { AdapterStandIn } from '../adapter-stand-in.fixture.ts';
import { eventOf, newProjectNo } from '../case-events.fixture.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { startGateway } from '../start-gateway.ts';
import { pauseOf, resumeOf } from './channel-bench.fixture.ts';

const KEYS = KeyRing.generateJson();
const logger = createLogger('test', { level: 'silent' });
/** From the answer to the pause on, what was committed before it may still be on its way to the broker for so long. */
const LAST_ORDERS_MS = 2_000;

describe('two gateways and a channel', () => {
  const vhost = withVhost();
  const database = withDatabase();
  const redis = withRedis();

  describe('that is paused while cases come in', () => {
    const gateways: RunningApp[] = [];
    const sentAt = new Map<string, number>();
    let adapter: AdapterStandIn;
    let db: Kysely<LedgerTables>;

    beforeAll(async () => {
      gateways.push(await aGateway(), await aGateway());
      adapter = await AdapterStandIn.open(vhost.url, KeyRing.fromJson(KEYS));
      adapter.answering = ({ order }) => {
        sentAt.set(`${order.transferId}.${order.attempt}`, performance.now());
        return [order.attempt < 3 && order.kind === 'open' ? { outcome: 'retryable' } : {}];
      };
      db = openLedger({ url: database.url, poolSize: 3, statementTimeoutMs: 10_000, onConnectionLost: () => undefined });
      await adapter.say(eventOf('permission.granted'), eventOf('permission.granted', { data: { grantId: 'grant-other-hall', hallCode: '410203' } }));
    });
    afterAll(async () => {
      await adapter.close();
      await db.destroy();
      for (const gateway of gateways) await gateway.close();
    });

    it('send nothing of it from then on, not even retries or after a restart, and everything once, with its number, after it goes on', async () => {
      const paused: string[] = [];
      const free: string[] = [];
      const coming = { on: true };
      const saying = (async () => {
        while (coming.on) {
          const [one, other] = [newProjectNo(), newProjectNo()];
          paused.push(one);
          free.push(other);
          await adapter.say(eventOf('case.received', { subject: one }), eventOf('case.received', { subject: other, source: '/halls/410203' }));
        }
      })();
      await until(() => sentAt.size > 60, { within: 30_000, what: 'traffic with retries' });
      await pauseOf(db, 'intake:410204');
      const answeredAt = performance.now();
      await until(() => performance.now() - answeredAt > LAST_ORDERS_MS + 1_000, { within: 20_000 });
      // One of them is stopped and another started meanwhile: the pause lies in the ledger.
      await gateways.shift()?.close();
      gateways.push(await aGateway());
      const freeBefore = await delivered(free);
      await until(async () => await delivered(free) > freeBefore, { within: 20_000, what: 'the other hall goes on' });
      coming.on = false;
      await saying;
      await until(async () => await delivered(free) === free.length, { within: 40_000, what: 'everything of the other hall' });
      const late = adapter.sendings.filter(({ order }) => paused.includes(order.projectNo))
        .filter(({ order }) => (sentAt.get(`${order.transferId}.${order.attempt}`) ?? 0) > answeredAt + LAST_ORDERS_MS);
      expect(late).toEqual([]);
      const rows = await db.selectFrom('transfers').select(['status', 'attempts', 'paused_channel']).where('project_no', 'in', paused).execute();
      expect(rows).toHaveLength(paused.length);
      const held = rows.filter(({ status }) => status === 'held');
      expect(held.every(({ paused_channel }) => paused_channel === 'intake:410204')).toBe(true);
      expect(held.some(({ attempts }) => attempts === 0) && held.some(({ attempts }) => attempts > 0)).toBe(true);

      await resumeOf(db, 'intake:410204');
      await until(async () => await delivered(paused) === paused.length, { within: 60_000, what: 'everything that was held' });
      const attempts = Map.groupBy(adapter.sendings.filter(({ order }) => paused.includes(order.projectNo)), ({ order }) => order.transferId);
      expect(new Set([...attempts.values()].map((sendings) => sendings.filter(({ redelivered }) => !redelivered).map(({ order }) => order.attempt).join()))).toEqual(new Set(['1,2,3']));
    }, 180_000);

    async function delivered(projectNos: readonly string[]): Promise<number> {
      const row = await db.selectFrom('transfers').select((eb) => eb.fn.countAll<number>().as('count')).where('status', '=', 'delivered')
        .where('project_no', 'in', [...projectNos]).executeTakeFirstOrThrow();
      return row.count;
    }

    function aGateway(): Promise<RunningApp> {
      // Each program has its metrics for itself; here two programs share a process.
      metricsRegistry.clear();
      return startGateway({
        RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, DATABASE_URL: database.url, LEDGER_KEYS: KEYS, PORT: '0',
        OPS_TOKEN: 'a-token-for-tests-only-0123456789abcdef', RETRY_BASE_MS: '300', RETRY_CAP_MS: '1200', SWEEP_INTERVAL_MS: '200', RECEIPT_PATIENCE_MS: '20000', BATCH_SIZE: '20',
      }, logger);
    }
  });
});
