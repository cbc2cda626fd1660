import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { QUEUES, recordedQueue } from '#contracts';
import type { RecordedEvents } from '#contracts';
import { KeyRing } from '#runtime';
import type { RunningApp } from '#runtime';
import type { Kysely } from 'kysely';
import { until, withDatabase, withRedis, withVhost } from '../../../../test/support/index.ts';
import { AdapterStandIn } from '../adapter-stand-in.fixture.ts';
import { eventOf, newProjectNo } from '../case-events.fixture.ts';
import { aGatewayWith } from '../gateway-program.fixture.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { LedgerTables } from '../ledger/tables.ts';

interface KeyFile { readonly active: number; readonly keys: Readonly<Record<string, string>>; readonly index: string }

const OLD = JSON.parse(KeyRing.generateJson()) as KeyFile;
const { keys: { 1: added = '' } } = JSON.parse(KeyRing.generateJson()) as KeyFile;
/** The same ring after a rotation: seals with the new key, opens with both. */
const ROTATED: KeyFile = { ...OLD, active: 2, keys: { ...OLD.keys, 2: added } };
const RECORDED = recordedQueue('district-adapter');

describe('keys that were rotated in the adapter before the gateway had them', () => {
  const vhost = withVhost();
  const database = withDatabase();
  const redis = withRedis();
  const ring = KeyRing.fromJson(JSON.stringify(ROTATED));
  /** As it was before the rotation, and after. */
  let before: AdapterStandIn;
  let adapter: AdapterStandIn;
  let db: Kysely<LedgerTables>;
  let gateway: RunningApp | null = null;

  describe('lose nothing', () => {
    beforeAll(async () => {
      before = await AdapterStandIn.open(vhost.url, KeyRing.fromJson(JSON.stringify(OLD)), { takesOrders: false });
      adapter = await AdapterStandIn.open(vhost.url, ring, { takesOrders: false });
      db = openLedger({ url: database.url, poolSize: 2, statementTimeoutMs: 10_000, onConnectionLost: () => undefined });
    });
    afterEach(async () => {
      await gateway?.close();
      gateway = null;
    });
    afterAll(async () => {
      await before.close();
      await adapter.close();
      await db.destroy();
    });

    it('for an event that the gateway cannot open: its adapter keeps it, sends it again, and it is applied once the gateway has the key', async () => {
      const received = eventOf('case.received', { subject: newProjectNo() });
      const letter = { queue: QUEUES.intake, code: 'unreadable', message_id: received.id };
      gateway = await aGateway(OLD);
      await before.say(eventOf('permission.granted'));
      await until(async () => (await takeRecorded()).length === 1, { within: 60_000 });
      await adapter.say(received);
      await until(async () => (await letters()).length === 1, { within: 60_000 });
      await adapter.say(received);
      // What follows it is recorded after it: then it has been handled, too.
      await adapter.say(eventOf('case.received', { id: 'evt-next', subject: newProjectNo() }));
      await until(async () => (await letters()).length > 1, { within: 60_000 });
      await gateway.close();
      expect(await letters()).toEqual([letter, { ...letter, message_id: 'evt-next' }]);
      expect(await takeRecorded()).toEqual([]);

      gateway = await aGateway(ROTATED);
      await adapter.say(received);
      const acknowledged = await until(async () => { const ids = await takeRecorded(); return ids.length > 0 ? ids : null; }, { within: 60_000 });
      expect(acknowledged).toEqual([received.id]);
      expect(await db.selectFrom('cases').select('project_no').execute()).toEqual([{ project_no: received.subject }]);
    }, 120_000);
  });

  function letters(): Promise<unknown[]> {
    return db.selectFrom('dead_letters').select(['queue', 'code', 'message_id']).orderBy('seq').execute();
  }

  async function takeRecorded(): Promise<readonly string[]> {
    const message = await adapter.takeOut(RECORDED);
    if (message === null) return [];
    const version = Number(message.properties.headers?.['x-key-version']);
    return (JSON.parse(ring.open(version, message.content).toString('utf8')) as RecordedEvents).messageIds;
  }

  function aGateway(keys: KeyFile): Promise<RunningApp> {
    return aGatewayWith({
      RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, DATABASE_URL: database.url, LEDGER_KEYS: JSON.stringify(keys),
      SWEEP_INTERVAL_MS: '200',
    });
  }
});
