import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BatchResult, BusPublisher, IncomingMessage, RawMessage } from '#bus';
import { EXCHANGES, QUEUES } from '#contracts';
import { createLogger } from '#runtime';
import { sql } from 'kysely';
import { until, withDatabase } from '../../../../test/support/index.ts';
import { eventOf, newProjectNo, receiptOf } from '../case-events.fixture.ts';
import { AcknowledgeRecorded } from '../cases/acknowledge-recorded.ts';
import { openBench } from '../gateway-bench.fixture.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';
import { deadLettersTotal } from '../gateway.metrics.ts';
import { lockOrderKeys } from '../ledger/case-rows.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { DeadLetterConsumer } from './dead-letter.consumer.ts';

const database = withDatabase();
const logger = createLogger('test', { level: 'silent' });
let bench: GatewayBench;
let letters: DeadLetterConsumer;
beforeAll(async () => {
  bench = await openBench(database.url);
  const publisher = bench.publisher as unknown as BusPublisher;
  letters = new DeadLetterConsumer(bench.db, publisher, new AcknowledgeRecorded(publisher, logger), logger);
});
afterAll(() => bench.db.destroy());
beforeEach(() => { bench.publisher.recorded.splice(0); });

/** A message as a program of ours buried it. */
function letter(messageId: string, code: string, of: { queue: string; exchange: string; body?: string }): IncomingMessage {
  return {
    queue: 'gateway.dead-letters', messageId, type: 'any', body: Buffer.from(of.body ?? messageId), deliveryCount: 0, failures: 0,
    headers: { 'x-dead-queue': of.queue, 'x-dead-app': 'any', 'x-dead-code': code, 'x-dead-reason': 'why', 'x-dead-exchange': of.exchange },
  };
}
const orderLetter = (transfer: TransferRow, code: string, attempt = transfer.attempts): IncomingMessage =>
  letter(`${transfer.id}.${attempt}`, code, { queue: QUEUES.workItems, exchange: EXCHANGES.transfers });
const eventLetter = (messageId: string, code: string, body?: string): IncomingMessage =>
  letter(messageId, code, { queue: QUEUES.intake, exchange: EXCHANGES.events, body });

/** The opening work item of a new case, ordered and not answered. */
async function inFlight(): Promise<TransferRow> {
  const projectNo = newProjectNo();
  await bench.events(eventOf('case.received', { subject: projectNo }));
  return only(projectNo);
}
async function only(projectNo: string): Promise<TransferRow> {
  const [transfer] = await bench.transfers(projectNo);
  if (transfer === undefined) throw new Error('no transfer');
  return transfer;
}
const rowsOf = (messageId: string): Promise<unknown[]> => bench.db.selectFrom('dead_letters').select('code').where('message_id', '=', messageId).execute();
const told = (): unknown[] => bench.publisher.recorded.map(({ body }) => (body as { messageIds: unknown }).messageIds);

describe('an order that became a dead letter', () => {
  it.each(['kills-its-process', 'unreadable', 'order-unreadable'])('fails its transfer, so that nobody publishes it for ever: %s', async (code) => {
    const transfer = await inFlight();
    expect(await letters.handle([orderLetter(transfer, code)])).toEqual(['done']);
    expect(await only(transfer.project_no)).toMatchObject({
      status: 'failed', error_word: 'technical', error_code: code, error_detail: expect.stringContaining('死信'), receipt_due_at: null, finished_at: expect.anything(),
    });
    expect(await rowsOf(`${transfer.id}.1`)).toEqual([{ code }]);
    await bench.db.updateTable('transfers').set({ receipt_due_at: new Date(0) }).where('status', '=', 'in_flight').execute();
    await bench.sweep.run();
    expect(bench.ordersOf(transfer.project_no)).toHaveLength(1);
  });

  it('leaves its transfer alone when the broker buried it, for it goes out again', async () => {
    const transfer = await inFlight();
    await letters.handle([orderLetter(transfer, 'delivery-limit')]);
    expect(await only(transfer.project_no)).toEqual(transfer);
  });

  it('leaves its transfer alone when another attempt is out, or when it was answered', async () => {
    const transfer = await inFlight();
    await letters.handle([orderLetter(transfer, 'unreadable', 2)]);
    expect(await only(transfer.project_no)).toEqual(transfer);
    await bench.receipts(receiptOf(transfer));
    await letters.handle([orderLetter(transfer, 'unreadable')]);
    expect(await only(transfer.project_no)).toMatchObject({ status: 'delivered', error_code: null });
  });

  it('is not kept without failing its transfer, nor the other way round', async () => {
    const transfer = await inFlight();
    await sql`alter table transfers add constraint nothing_fails check (error_code <> 'unreadable') not valid`.execute(bench.db);
    expect(await letters.handle([orderLetter(transfer, 'unreadable')])).toMatchObject([{ kind: 'again' }]);
    expect(await rowsOf(`${transfer.id}.1`)).toEqual([]);
    await bench.db.schema.alterTable('transfers').dropConstraint('nothing_fails').execute();
  });
});

describe('a letter that is handed out again', () => {
  it('is known whatever the broker has counted meanwhile, and a new one is not taken for it', async () => {
    const order = (count: number, deliveryCount: number): IncomingMessage => {
      const { headers, ...rest } = letter('order-9.1', 'order-unreadable', { queue: QUEUES.workItems, exchange: EXCHANGES.transfers });
      return { ...rest, deliveryCount, headers: { ...headers, 'x-delivery-count': String(count), 'x-acquired-count': String(count + 3) } };
    };
    await letters.handle([order(0, 0)]);
    await letters.handle([order(1, 1)]);
    expect(await rowsOf('order-9.1')).toHaveLength(1);
    await letters.handle([order(0, 0)]);
    expect(await rowsOf('order-9.1')).toHaveLength(2);
  });

  it('is kept once, when the gateway that had it in hand before is still at it', async () => {
    const again: IncomingMessage = { ...eventLetter('evt-again', 'contract-broken'), deliveryCount: 1 };
    const { handled, early } = await bench.db.transaction().execute(async (trx) => {
      await lockOrderKeys(trx, ['letter evt-again']);
      const second = letters.handle([again]);
      await Promise.race([second, until(async () => (await sql<{ waiting: number }>`select count(*)::int as waiting from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(bench.db)).rows[0]?.waiting === 1, { within: 20_000 })]);
      return { handled: second, early: await rowsOf('evt-again') };
    }).then(async ({ handled: second, early: before }) => ({ handled: await second, early: before }));
    expect([early, handled, await rowsOf('evt-again')]).toEqual([[], ['done'], [{ code: 'contract-broken' }]]);
  });
});

describe('what the broker buried', () => {
  it('is published once more in no company: one of them may be what all were buried for', async () => {
    const alone: RawMessage[] = [];
    const publisher = Object.assign(Object.create(bench.publisher) as object, { publishAlone: (message: RawMessage) => Promise.resolve(void alone.push(message)) }) as unknown as BusPublisher;
    const death = JSON.stringify([{ queue: QUEUES.intake, reason: 'delivery_limit', exchange: EXCHANGES.events, 'routing-keys': ['intake'], time: { value: 1 }, count: 1 }]);
    const buried = ['buried-1', 'buried-2'].map((messageId): IncomingMessage => ({ ...eventLetter(messageId, ''), headers: { 'x-death': death } }));
    await new DeadLetterConsumer(bench.db, publisher, new AcknowledgeRecorded(publisher, logger), logger).handle(buried);
    expect(alone.map(({ properties }) => properties.messageId)).toEqual(['buried-1', 'buried-2']);
  });
});

describe('a dead part of a bundle', () => {
  /** As the bus stamps it each time its bundle comes. */
  const part = (messageId: string, time: number, of: { code?: string; body?: string; queue?: string; headers?: Record<string, string> } = {}): IncomingMessage => {
    const { headers, ...rest } = letter(messageId, of.code ?? 'contract-broken', { queue: of.queue ?? QUEUES.intake, exchange: EXCHANGES.events, body: of.body });
    return { ...rest, headers: { ...headers, 'x-dead-at': new Date(time).toISOString(), 'x-dead-delivery-count': String(time), 'x-acquired-count': '1', ...of.headers } };
  };

  it.each([QUEUES.intake, QUEUES.outcomes, QUEUES.receipts])('is kept and counted once, however often its bundle comes: %s', async (queue) => {
    const counted = await countOf(queue);
    await letters.handle([part(`part-${queue}`, 1, { queue }), part(`part-${queue}`, 2, { queue })]);
    await letters.handle([part(`part-${queue}`, 3, { queue })]);
    expect(await rowsOf(`part-${queue}`)).toEqual([{ code: 'contract-broken' }]);
    expect(await countOf(queue) - counted).toBe(1);
  });

  it('is not taken for another that bears its id: other bytes, other headers, another cause, another life', async () => {
    const all = [
      part('part-2', 1), part('part-2', 2, { body: 'other' }), part('part-2', 3, { headers: { 'x-party': 'hall:410203' } }), part('part-2', 4, { code: 'apply-failed' }),
      part('part-2', 5, { headers: { 'x-republished': 'delivery-limit' } }),
    ];
    for (const one of all) await letters.handle([one]);
    expect(await rowsOf('part-2')).toHaveLength(all.length);
  });

  async function countOf(queue: string): Promise<number> {
    const { values } = await deadLettersTotal.get();
    return values.reduce((sum, { labels, value }) => sum + (labels.from === queue ? value : 0), 0);
  }
});

describe('an event that no key opens', () => {
  it('is kept once, however often its adapter sends it, and is never acknowledged out of the journal', async () => {
    const results: BatchResult[] = [];
    for (const body of ['sealed', 'sealed anew']) results.push(await letters.handle([eventLetter('evt-locked', 'unreadable', body)]));
    results.push(await letters.handle([eventLetter('evt-locked-2', 'unreadable', 'a'), eventLetter('evt-locked-2', 'unreadable', 'b')]));
    expect(results).toEqual([['done'], ['done'], ['done', 'done']]);
    expect([await rowsOf('evt-locked'), await rowsOf('evt-locked-2')]).toEqual([[{ code: 'unreadable' }], [{ code: 'unreadable' }]]);
    expect(told()).toEqual([]);
  });

  it('is kept once, too, when several gateways get it at the same moment', async () => {
    const all = Array.from({ length: 8 }, (_, copy) => letters.handle([eventLetter('evt-locked-3', 'unreadable', `sealed ${copy}`)]));
    expect(await Promise.all(all)).toEqual(all.map(() => ['done']));
    expect(await rowsOf('evt-locked-3')).toEqual([{ code: 'unreadable' }]);
  });

  it('does not keep its neighbours from being acknowledged: what breaks the contract will never do otherwise', async () => {
    await letters.handle([eventLetter('evt-broken', 'contract-broken'), eventLetter('evt-closed', 'unreadable')]);
    expect(told()).toEqual([['evt-broken']]);
  });
});
