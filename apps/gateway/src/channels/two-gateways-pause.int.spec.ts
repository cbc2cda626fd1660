import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyRing } from '#runtime';
import type { RunningApp } from '#runtime';
import type { Kysely } from 'kysely';
import { until, withDatabase, withRedis, withVhost } from '../../../../test/support/index.ts';
import { AdapterStandIn } from '../adapter-stand-in.fixture.ts';
import { eventOf, newProjectNo } from '../case-events.fixture.ts';
import { aGatewayWith } from '../gateway-program.fixture.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { pauseOf, resumeOf } from './channel-bench.fixture.ts';

const KEYS = KeyRing.generateJson();
/** So long the pause is watched with one gateway after the other: retries would come several times. */
const WATCHED_MS = 3_000;

describe('two gateways and a channel', () => {
  const vhost = withVhost();
  const database = withDatabase();
  const redis = withRedis();

  describe('that is paused while cases come in', () => {
    const gateways: RunningApp[] = [];
    let adapter: AdapterStandIn;
    let db: Kysely<LedgerTables>;

    beforeAll(async () => {
      gateways.push(await aGateway(), await aGateway());
      adapter = await AdapterStandIn.open(vhost.url, KeyRing.fromJson(KEYS));
      adapter.answering = ({ order }) => [order.attempt < 3 && order.kind === 'open' ? { outcome: 'retryable' } : {}];
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
      await until(() => adapter.sendings.length > 60, { within: 60_000, what: 'traffic with retries' });
      await until(() => pauseOf(db, 'intake:410204'), { within: 60_000, what: 'the pause' });
      const answeredAt = performance.now();
      await until(() => performance.now() - answeredAt > WATCHED_MS, { within: 60_000 });
      // One of them is stopped and another started meanwhile: the pause lies in the ledger.
      await gateways.shift()?.close();
      gateways.push(await aGateway());
      const freeBefore = await delivered(free);
      await until(async () => await delivered(free) > freeBefore, { within: 60_000, what: 'the other hall goes on' });
      coming.on = false;
      await saying;
      await until(async () => await delivered(free) === free.length, { within: 60_000, what: 'everything of the other hall' });
      // What was ordered before the pause may arrive at any time after it.
      const { paused_at: pausedAt } = await db.selectFrom('channel_pauses').select('paused_at').where('channel', '=', 'intake:410204').executeTakeFirstOrThrow();
      const rows = await db.selectFrom('transfers').select(['id', 'status', 'attempts', 'paused_channel', 'dispatched_at']).where('project_no', 'in', paused).execute();
      expect(rows).toHaveLength(paused.length);
      expect(rows.filter(({ dispatched_at: at }) => at !== null && at > pausedAt)).toEqual([]);
      const ordered = new Map(rows.map(({ id, attempts }) => [id, attempts]));
      expect(adapter.sendings.filter(({ order }) => paused.includes(order.projectNo) && order.attempt > (ordered.get(order.transferId) ?? 0))).toEqual([]);
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
      return aGatewayWith({
        RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, DATABASE_URL: database.url, LEDGER_KEYS: KEYS,
        RETRY_BASE_MS: '300', RETRY_CAP_MS: '1200', SWEEP_INTERVAL_MS: '200', RECEIPT_PATIENCE_MS: '20000', BATCH_SIZE: '20',
      });
    }
  });
});
