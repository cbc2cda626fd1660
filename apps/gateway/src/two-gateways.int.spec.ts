import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JiujinEvent } from '#contracts';
import { KeyRing } from '#runtime';
import type { RunningApp } from '#runtime';
import type { Kysely } from 'kysely';
import { until, withDatabase, withRedis, withVhost } from '../../../test/support/index.ts';
import { AdapterStandIn } from './adapter-stand-in.fixture.ts';
import type { Sending } from './adapter-stand-in.fixture.ts';
import { eventOf, newProjectNo } from './case-events.fixture.ts';
import { aGatewayWith } from './gateway-program.fixture.ts';
import { openLedger } from './ledger/open-ledger.ts';
import type { LedgerTables } from './ledger/tables.ts';

const KEYS = KeyRing.generateJson();
const CASES = 25;
/** open, acceptance, two steps, the decision, the result */
const TRANSFERS = CASES * 6;

describe('two gateways on one ledger and one RabbitMQ', () => {
  const vhost = withVhost();
  const database = withDatabase();
  const redis = withRedis();

  describe('while one of them is stopped and started in the middle', () => {
    const gateways: RunningApp[] = [];
    let adapter: AdapterStandIn;
    let db: Kysely<LedgerTables>;

    beforeAll(async () => {
      gateways.push(await aGateway(), await aGateway());
      adapter = await AdapterStandIn.open(vhost.url, KeyRing.fromJson(KEYS));
      db = openLedger({ url: database.url, poolSize: 2, statementTimeoutMs: 10_000, onConnectionLost: () => undefined });
      await adapter.say(eventOf('permission.granted'));
    });
    afterAll(async () => {
      await adapter.close();
      await db.destroy();
      for (const gateway of gateways) await gateway.close();
    });

    it('keeps the order of every case, makes every effect once, and counts nobody’s event twice', async () => {
      adapter.answering = restless();
      const projectNos = Array.from({ length: CASES }, newProjectNo);
      const saying = adapter.say(...projectNos.map((subject) => eventOf('case.received', { subject })))
        .then(() => adapter.say(...outcomesOf(projectNos)));
      await delivered(TRANSFERS / 6);
      await gateways.shift()?.close();
      await delivered(TRANSFERS / 3);
      gateways.push(await aGateway());
      await delivered(TRANSFERS / 2);
      await gateways.shift()?.close();
      await saying;
      await delivered(TRANSFERS);

      const rows = await db.selectFrom('transfers').select(['id', 'project_no', 'destination', 'ordinal', 'status']).orderBy('project_no').orderBy('ordinal').execute();
      expect(rows.filter(({ status }) => status !== 'delivered')).toEqual([]);
      const lanes = Map.groupBy(rows, (row) => `${row.project_no} ${row.destination}`);
      for (const [lane, transfers] of lanes) expect(firstSendings(adapter.sendings, lane)).toEqual(transfers.map(({ id }) => id));
      expect(unmarkedCopies(adapter.sendings)).toEqual([]);
      expect(adapter.sendings.some(({ resend }) => resend)).toBe(true);
      const events = await db.selectFrom('events').select(['outcome', (eb) => eb.fn.countAll<number>().as('count')]).groupBy('outcome').execute();
      expect(events).toEqual([{ outcome: 'applied', count: CASES * 7 + 1 }]);
      expect(await db.selectFrom('suppressed_duplicates').selectAll().execute()).toEqual([]);
    }, 180_000);

    async function delivered(count: number): Promise<void> {
      await until(async () => {
        const row = await db.selectFrom('transfers').select((eb) => eb.fn.countAll<number>().as('count')).where('status', '=', 'delivered').executeTakeFirstOrThrow();
        return row.count >= count;
      }, { within: 60_000, what: `${count} deliveries` });
    }
  });

  function aGateway(): Promise<RunningApp> {
    return aGatewayWith({
      RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, DATABASE_URL: database.url, LEDGER_KEYS: KEYS,
      RETRY_BASE_MS: '40', RETRY_CAP_MS: '300', RECEIPT_PATIENCE_MS: '700', RECEIPT_PATIENCE_CAP_MS: '1400', SWEEP_INTERVAL_MS: '150',
      BATCH_SIZE: '20',
    });
  }
});

/** What the centre says of each case, in an order of the halls' own: cases interleaved, and within a case out of order. */
function outcomesOf(projectNos: readonly string[]): JiujinEvent[] {
  const types = ['case.step.recorded', 'case.accepted', 'case.decided', 'case.step.recorded', 'case.completed'] as const;
  const sequences = [2, 1, 4, 3, 5];
  return types.flatMap((type, index) => projectNos.map((subject) => eventOf(type, { subject, sequence: sequences[index] ?? 0 }) as JiujinEvent));
}

/** Some attempts fail, some receipts are lost, some come twice: by turns, so that every run is the same. */
function restless(): (sending: Sending) => readonly Partial<{ outcome: 'retryable' | 'delivered' }>[] {
  let turn = 0;
  return () => {
    turn += 1;
    if (turn % 11 === 0) return [];
    if (turn % 5 === 0) return [{ outcome: 'retryable' }];
    return turn % 7 === 0 ? [{}, {}] : [{}];
  };
}

function firstSendings(sendings: readonly Sending[], lane: string): string[] {
  const own = sendings.filter(({ order }) => `${order.projectNo} ${order.destination}` === lane);
  return [...new Set(own.map(({ order }) => order.transferId))];
}

/** Copies of an attempt that nothing marks as copies: a receiver that must ask first would not know. */
function unmarkedCopies(sendings: readonly Sending[]): string[] {
  const attempts = Map.groupBy(sendings, ({ order }) => `${order.transferId}.${order.attempt}`);
  return [...attempts].filter(([, copies]) => copies.filter(({ resend, redelivered }) => !resend && !redelivered).length > 1).map(([id]) => id);
}
