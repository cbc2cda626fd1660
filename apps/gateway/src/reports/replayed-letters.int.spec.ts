import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { recordedQueue } from '#contracts';
import { KeyRing } from '#runtime';
import type { RunningApp } from '#runtime';
import { connect } from 'amqplib';
import type { Kysely } from 'kysely';
import { until, withDatabase, withRedis, withVhost } from '../../../../test/support/index.ts';
import { AdapterStandIn } from '../adapter-stand-in.fixture.ts';
import { eventOf, newProjectNo } from '../case-events.fixture.ts';
import { aGatewayWith } from '../gateway-program.fixture.ts';
import { insertDeadLetters } from '../ledger/dead-letter-rows.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { aDeadLetter } from '../ops-api/ledger-rows.fixture.ts';
import { tokenFor } from '../ops-api/ops-server.fixture.ts';

interface KeyFile { readonly active: number; readonly keys: Readonly<Record<string, string>>; readonly index: string }
interface Letter { readonly deadLetterId: number; readonly status: string; readonly outcome?: string; readonly sendProblem: string | null; readonly fate: { readonly status: string } | null }

const OLD = JSON.parse(KeyRing.generateJson()) as KeyFile;
const { keys: { 1: added = '' } } = JSON.parse(KeyRing.generateJson()) as KeyFile;
const ROTATED: KeyFile = { ...OLD, active: 2, keys: { ...OLD.keys, 2: added } };
const RECORDED = recordedQueue('centre-adapter');

describe('a dead letter that a person sends back, over a real RabbitMQ', () => {
  const vhost = withVhost();
  const database = withDatabase();
  const redis = withRedis();
  let adapter: AdapterStandIn;
  let db: Kysely<LedgerTables>;
  let gateway: RunningApp | null = null;
  let token = '';

  describe('once its cause is removed', () => {
    beforeAll(async () => {
      adapter = await AdapterStandIn.open(vhost.url, KeyRing.fromJson(JSON.stringify(ROTATED)), { takesOrders: false });
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

    it('is taken from its own queue and applied, shows what became of it, and is applied once though the gateway died before it could note the confirm', async () => {
      const received = eventOf('case.received', { subject: newProjectNo() });
      gateway = await aGateway(OLD);
      await adapter.say(received);
      await until(() => db.selectFrom('dead_letters').select('seq').executeTakeFirst(), { within: 60_000, what: 'the letter' });
      await gateway.close();
      // As the doors name their messages.
      await db.updateTable('dead_letters').set({ message_id: `${received.source}#${received.id}` }).execute();

      gateway = await aGateway(ROTATED);
      token = await tokenFor(db, ['operator']);
      await adapter.say(eventOf('permission.granted'));
      await until(() => db.selectFrom('grants').select('grant_id').executeTakeFirst(), { within: 60_000, what: 'the permission' });
      const [letter] = (await ask<{ items: Letter[] }>('GET', '/api/dead-letters?status=open')).items;
      const seq = letter?.deadLetterId ?? 0;
      expect((await one(seq)).fate).toBeNull();
      expect((await ask<Letter>('POST', `/api/dead-letters/${seq}/replay`, { reason: '密钥已补上' })).outcome).toBe('replayed');
      const fated = await until(async () => { const now = await one(seq); return now.fate === null ? null : now; }, { within: 60_000, what: 'its fate' });
      expect(fated).toMatchObject({ status: 'replayed', fate: { kind: 'event', status: 'applied', statusZh: '已入账' } });

      // As a gateway leaves it that dies between the broker's confirm and its note.
      await db.updateTable('dead_letters').set({ status: 'replaying', sent_at: new Date(Date.now() - 60_000) }).execute();
      await until(async () => (await one(seq)).status === 'replayed', { within: 60_000, what: 'the second sending' });
      // What is said after it is recorded after it.
      await adapter.say(eventOf('case.received', { id: 'evt-next', subject: newProjectNo() }));
      await until(() => db.selectFrom('events').select('seq').where('event_id', '=', 'evt-next').executeTakeFirst(), { within: 60_000, what: 'the next event' });
      expect(await db.selectFrom('cases').select('project_no').where('project_no', '=', received.subject ?? '').execute()).toHaveLength(1);
      expect(await db.selectFrom('transfers').select('id').where('project_no', '=', received.subject ?? '').execute()).toHaveLength(1);
      expect(await db.selectFrom('suppressed_duplicates').select('seq').execute()).toEqual([]);
    }, 120_000);

    it('waits while no queue takes it, and goes back to the person with the reason', async () => {
      gateway = await aGateway(ROTATED);
      token = await tokenFor(db, ['operator']);
      const model = await connect(vhost.url);
      await (await model.createChannel()).deleteQueue(RECORDED);
      await model.close();
      await insertDeadLetters(db, [aDeadLetter({ queue: RECORDED, message_id: 'recorded-1' })]);
      const { seq } = await db.selectFrom('dead_letters').select('seq').where('queue', '=', RECORDED).executeTakeFirstOrThrow();
      expect((await ask<Letter>('POST', `/api/dead-letters/${seq}/replay`, { reason: '再试一次看看' })).outcome).toBe('replaying');
      await db.updateTable('dead_letters').set({ send_attempts: 2, sent_at: new Date(Date.now() - 60_000) }).where('seq', '=', seq).execute();
      const back = await until(async () => { const now = await one(seq); return now.status === 'open' ? now : null; }, { within: 60_000, what: 'it to come back' });
      expect(back.sendProblem).toContain('没有接收它的队列');
    }, 120_000);
  });

  const one = (seq: number): Promise<Letter> => ask<Letter>('GET', `/api/dead-letters/${seq}`);

  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`http://127.0.0.1:${gateway?.port ?? 0}${path}`, {
      method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: body === undefined ? null : JSON.stringify(body), signal: AbortSignal.timeout(60_000),
    });
    return await answer.json() as T;
  }

  function aGateway(keys: KeyFile): Promise<RunningApp> {
    return aGatewayWith({
      RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, DATABASE_URL: database.url, LEDGER_KEYS: JSON.stringify(keys),
      SWEEP_INTERVAL_MS: '200',
    });
  }
});
