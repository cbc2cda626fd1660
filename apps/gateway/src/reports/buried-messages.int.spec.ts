import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { QUEUES } from '#contracts';
import { KeyRing } from '#runtime';
import type { RunningApp } from '#runtime';
import type { Kysely } from 'kysely';
import { until, withDatabase, withRedis, withVhost } from '../../../../test/support/index.ts';
import { AdapterStandIn } from '../adapter-stand-in.fixture.ts';
import { eventOf, newProjectNo } from '../case-events.fixture.ts';
import { aGatewayWith } from '../gateway-program.fixture.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { LedgerTables } from '../ledger/tables.ts';

const KEYS = KeyRing.generateJson();

describe('what RabbitMQ buried at the delivery limit, with nothing wrong with it', () => {
  const vhost = withVhost();
  const database = withDatabase();
  const redis = withRedis();

  describe('gets its second chance', () => {
    let adapter: AdapterStandIn;
    let db: Kysely<LedgerTables>;
    let gateway: RunningApp | null = null;
    beforeAll(async () => {
      adapter = await AdapterStandIn.open(vhost.url, KeyRing.fromJson(KEYS), { takesOrders: false });
      db = openLedger({ url: database.url, poolSize: 2, statementTimeoutMs: 10_000, onConnectionLost: () => undefined });
    });
    afterEach(async () => {
      await gateway?.close();
      gateway = null;
    });
    afterAll(async () => {
      await adapter.close();
      await db.destroy();
    });

    it('as an event that must be applied, and as an order that must be sent', async () => {
      const projectNo = newProjectNo();
      gateway = await aGateway();
      await adapter.say(eventOf('permission.granted'));
      await until(() => db.selectFrom('grants').select('grant_id').executeTakeFirst(), { within: 60_000 });
      await gateway.close();
      await adapter.say(eventOf('case.received', { subject: projectNo }));
      await adapter.bury(QUEUES.intake);
      gateway = await aGateway();
      await until(() => db.selectFrom('cases').select('status').where('project_no', '=', projectNo).executeTakeFirst(), { within: 60_000 });

      const first = await until(() => adapter.takeOut(QUEUES.workItems), { within: 60_000 });
      expect(first.properties.headers).not.toHaveProperty('x-resend');
      // As if the broker had not confirmed it: then it goes out again, although nobody consumes the queue.
      await db.updateTable('transfers').set({ receipt_due_at: new Date(0), unpublished_since: new Date() }).execute();
      await until(async () => (await db.selectFrom('transfers').select('unpublished_since').executeTakeFirstOrThrow()).unpublished_since === null, { within: 60_000 });
      await adapter.bury(QUEUES.workItems);
      const revived = await until(() => adapter.takeOut(QUEUES.workItems), { within: 60_000 });
      expect(revived.properties).toMatchObject({ messageId: String(first.properties.messageId), headers: { 'x-resend': '1', 'x-republished': 'delivery-limit' } });

      const letters = await db.selectFrom('dead_letters').select(['queue', 'code']).orderBy('seq').execute();
      expect(letters).toEqual([
        { queue: QUEUES.intake, code: 'delivery-limit' }, { queue: QUEUES.workItems, code: 'delivery-limit' },
      ]);
      expect(await db.selectFrom('events').select('outcome').where('project_no', '=', projectNo).execute()).toEqual([{ outcome: 'applied' }]);
    }, 120_000);
  });

  function aGateway(): Promise<RunningApp> {
    return aGatewayWith({
      RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, DATABASE_URL: database.url, LEDGER_KEYS: KEYS,
      SWEEP_INTERVAL_MS: '200',
    });
  }
});
