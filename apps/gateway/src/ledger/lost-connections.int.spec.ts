import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BatchResult, BusPublisher, IncomingMessage, OutgoingMessage } from '#bus';
import { createLogger } from '#runtime';
import type { Job } from 'bullmq';
import { withDatabase } from '../../../../test/support/index.ts';
import { eventOf, messageOf, receiptMessage, receiptOf } from '../case-events.fixture.ts';
import type { AcknowledgeRecorded } from '../cases/acknowledge-recorded.ts';
import { RetryProcessor } from '../dispatch/retry.processor.ts';
import type { RetryJob } from '../dispatch/retry-timers.ts';
import { GatewayBench } from '../gateway-bench.fixture.ts';
import { DeadLetterConsumer } from '../reports/dead-letter.consumer.ts';
import { BreakingLedger, emptyLedger, wholeLedger } from './breaking-ledger.fixture.ts';
import type { Moment } from './breaking-ledger.fixture.ts';
import { recordStatus } from './edge-rows.ts';
import { migrateLedger } from './migrate-ledger.ts';
import { settleBatch } from './settle-batch.ts';

const logger = createLogger('gateway', { level: 'silent' });
const database = withDatabase();
let ledger: BreakingLedger;
let bench: GatewayBench;
beforeAll(async () => {
  ledger = new BreakingLedger(database.url);
  bench = new GatewayBench(ledger.db);
  await migrateLedger(ledger.db);
});
afterAll(() => ledger.db.destroy());

/** What the world sees of a piece of work: every row of the ledger, every order with how often it went out without saying that it is a repetition, every timer. */
interface Seen {
  readonly ledger: Record<string, unknown[]>;
  readonly orders: ReadonlyMap<string, number>;
  readonly timers: readonly string[];
}

/** One write path: what must be there before, and the work, done again until it succeeds as its caller would do it. */
interface Path {
  prepare(): Promise<void>;
  work(): Promise<void>;
  /** What comes by itself, some time after a fault. */
  later?(): Promise<void>;
}

/** Handed to the handler until it is settled, as the bus does with a batch in hand. */
async function inHand(run: (batch: readonly IncomingMessage[]) => Promise<BatchResult>, batch: readonly IncomingMessage[]): Promise<void> {
  expect(await untilSettled(() => run(batch))).toEqual(batch.map(() => 'done'));
}

/** Handed out anew after each fault, as the broker does when a process died with the batch. */
async function handedOutAgain(run: (batch: readonly IncomingMessage[]) => Promise<BatchResult>, batch: readonly IncomingMessage[]): Promise<void> {
  let deliveryCount = 0;
  const settled = await untilSettled(() => run(batch.map((message) => ({ ...message, deliveryCount: deliveryCount++ > 0 ? 1 : 0 }))));
  expect(settled).toEqual(batch.map(() => 'done'));
}

async function untilSettled(run: () => Promise<BatchResult>): Promise<BatchResult> {
  for (let tries = 0; tries < 5; tries += 1) {
    const result = await run();
    if (!('kind' in result)) return result;
  }
  throw new Error('still not settled');
}

async function untilDone(run: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await run();
      return;
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}

const granted = messageOf(eventOf('permission.granted'));
const received = ['A', 'B', 'C', 'D'].map((subject) => messageOf(eventOf('case.received', { subject: `P-${subject}` })));
const [receivedA, , receivedC] = received as [IncomingMessage, IncomingMessage, IncomingMessage];
const fresh = eventOf('case.received', { subject: 'P-new' });
const withdrawn = eventOf('case.withdrawn', { subject: 'P-B', source: '/halls/410204' });
const eventBatch = [
  messageOf(eventOf('case.accepted', { subject: 'P-A', sequence: 1 })), messageOf(eventOf('case.step.recorded', { subject: 'P-A', sequence: 3 })),
  messageOf(fresh), messageOf(fresh), messageOf(withdrawn), messageOf(eventOf('permission.granted', { data: { grantId: 'grant-two' } })),
  { ...messageOf(eventOf('case.received', { subject: 'P-C' })), body: receivedC.body },
];

async function receiptsOf(changes: Record<string, Parameters<typeof receiptOf>[1]>): Promise<IncomingMessage[]> {
  const rows = await ledger.db.selectFrom('transfers').selectAll().where('status', '=', 'in_flight').orderBy('project_no').orderBy('ordinal').execute();
  return rows.flatMap((row) => {
    const change = changes[`${row.project_no} ${row.kind}`];
    return change === undefined ? [] : [receiptMessage(receiptOf(row, change))];
  });
}

async function prepareCases(): Promise<void> {
  await bench.receive.run([granted, ...received]);
  await bench.record.run(await receiptsOf({ 'P-A open': {} }));
}

let receipts: IncomingMessage[] = [];
async function prepareReceipts(): Promise<void> {
  await prepareCases();
  await bench.receive.run([messageOf(eventOf('case.accepted', { subject: 'P-A', id: 'accepted-a' })), messageOf(eventOf('case.step.recorded', { subject: 'P-A', id: 'step-a' })),
    messageOf(eventOf('case.withdrawn', { subject: 'P-B', source: '/halls/410204', id: 'withdrawn-b' }))].map((message) => ({ ...message, headers: { ...message.headers, 'x-door-at': '2026-11-23T10:00:00Z' } })));
  receipts = await receiptsOf({
    'P-A acceptance': {}, 'P-B open': {}, 'P-C open': { outcome: 'retryable', errorCode: 'http-503' }, 'P-D open': { outcome: 'permanent', errorCode: 'http-422' },
  });
}

let waiting: RetryJob = { transferId: '', attempt: 1 };
async function prepareRetry(): Promise<void> {
  await prepareReceipts();
  await bench.record.run(receipts);
  const row = await ledger.db.selectFrom('transfers').select('id').where('status', '=', 'retry_wait').executeTakeFirstOrThrow();
  waiting = { transferId: row.id, attempt: 1 };
}

async function makeAllDue(): Promise<void> {
  await ledger.db.updateTable('transfers').set({ receipt_due_at: new Date(0) }).where('status', '=', 'in_flight').execute();
  await ledger.db.updateTable('transfers').set({ next_attempt_at: new Date(0) }).where('status', '=', 'retry_wait').execute();
  await ledger.db.updateTable('events').set({ recorded_at: new Date(0) }).execute();
}

const processor = (): RetryProcessor => new RetryProcessor(bench.start, logger);
const status = {
  app: 'district-adapter' as const, instance: 'host-1-abcdef', at: '2026-11-23T10:00:00Z', spool: { waiting: 1, oldestAt: '2026-11-23T09:59:00Z' },
  journal: { entries: 2, oldestAt: '2026-11-23T09:59:00Z' }, redisDurable: true, redisProblem: null,
  circuits: [{ destination: 'hall:410204' as const, state: 'open' as const, since: '2026-11-23T09:59:30Z', reason: 'http-503', failures: 8, window: 0, held: 1, nextProbeAt: null }],
};

const collect = (batch: readonly IncomingMessage[]): Promise<BatchResult> => new DeadLetterConsumer(
  ledger.db, { publishAlone: () => Promise.resolve() } as unknown as BusPublisher, { run: () => undefined } as unknown as AcknowledgeRecorded, logger,
).handle([...batch]);
const letters = ['l-1', 'l-2'].map((messageId): IncomingMessage => ({
  queue: 'gateway.dead-letters', messageId, type: 'case.received', body: Buffer.from(messageId), deliveryCount: 0, failures: 0, headers: { 'x-dead-queue': 'gateway.intake', 'x-dead-code': 'x' },
}));

const PATHS: Readonly<Record<string, Path>> = {
  'receiving events, kept in hand': { prepare: prepareCases, work: () => inHand((batch) => bench.receive.run(batch), eventBatch) },
  'receiving events, handed out again': { prepare: prepareCases, work: () => handedOutAgain((batch) => bench.receive.run(batch), eventBatch) },
  'recording receipts, kept in hand': { prepare: prepareReceipts, work: () => inHand((batch) => bench.record.run(batch), receipts) },
  'recording receipts, handed out again': { prepare: prepareReceipts, work: () => handedOutAgain((batch) => bench.record.run(batch), receipts) },
  'starting an attempt when its timer comes': {
    prepare: prepareRetry,
    work: async () => { await processor().process({ data: waiting, attemptsStarted: 1 } as Job<RetryJob>); },
  },
  'sweeping': {
    prepare: async () => { await prepareRetry(); await bench.receive.run([eventBatch[1] as IncomingMessage]); await makeAllDue(); },
    work: () => untilDone(() => bench.sweep.run()),
    // Whose taking was not answered is taken again when the next receipt is missed.
    later: async () => { await makeAllDue(); await bench.sweep.run(); },
  },
  'collecting dead letters, kept in hand': { prepare: async () => undefined, work: () => inHand(collect, letters) },
  'collecting dead letters, handed out again': { prepare: async () => undefined, work: () => handedOutAgain(collect, letters) },
  'recording how an adapter stands': {
    prepare: async () => undefined,
    work: () => inHand((batch) => settleBatch(batch, () => ({ item: status }), async ([item]) => {
      await ledger.db.transaction().execute((trx) => recordStatus(trx, item ?? status));
    }), [receivedA]),
  },
};

describe('a connection to PostgreSQL that is lost', () => {
  it.each(Object.keys(PATHS))('leaves no trace, at whatever statement it happens: %s', async (name) => {
    const path = PATHS[name] as Path;
    const undisturbed = await seen(path, null);
    const statements = [...ledger.sent];
    for (let nth = 1; nth <= statements.length; nth += 1) {
      for (const moment of ['before', 'after'] as const) {
        const disturbed = await seen(path, { nth, moment });
        const at = `${moment} ${statements[nth - 1]?.slice(0, 60)}`;
        expect({ at, ledger: disturbed.ledger, timers: disturbed.timers }).toEqual({ at, ledger: undisturbed.ledger, timers: undisturbed.timers });
        expect({ at, ...differenceOf(disturbed.orders, undisturbed.orders) }).toEqual({ at, missing: [], doubled: [], surplus: [] });
      }
    }
    expect(statements.length).toBeGreaterThan(0);
  }, 400_000);
});

async function seen(path: Path, fault: { nth: number; moment: Moment } | null): Promise<Seen> {
  ledger.watch();
  await emptyLedger(ledger.db);
  await path.prepare();
  bench.publisher.messages.length = 0;
  bench.retries.length = 0;
  if (fault === null) ledger.watch();
  else ledger.arm(fault.nth, fault.moment);
  await path.work();
  const sent = [...ledger.sent];
  await path.later?.();
  const rows = await wholeLedger(ledger.db, bench.keys);
  if (path.later !== undefined) for (const transfer of rows['transfers'] ?? []) Reflect.deleteProperty(transfer as object, 'redispatches');
  ledger.sent.splice(0, Infinity, ...sent);
  return { ledger: rows, orders: ordersOf(bench.publisher.messages), timers: [...new Set(bench.retries.map(({ transferId, attempt }) => `${transferId} ${attempt}`))].sort() };
}

/** Orders that never went out, that went out twice as if each were the first, and that went out as new although nothing ordered them. */
function differenceOf(disturbed: ReadonlyMap<string, number>, undisturbed: ReadonlyMap<string, number>): Record<'missing' | 'doubled' | 'surplus', string[]> {
  return {
    missing: [...undisturbed.keys()].filter((id) => !disturbed.has(id)),
    doubled: [...disturbed].filter(([, unmarked]) => unmarked > 1).map(([id]) => id),
    surplus: [...disturbed].filter(([id, unmarked]) => unmarked > 0 && !undisturbed.has(id)).map(([id]) => id),
  };
}

function ordersOf(messages: readonly OutgoingMessage[]): Map<string, number> {
  const byId = Map.groupBy(messages, ({ messageId }) => messageId);
  return new Map([...byId].map(([id, copies]) => [id, copies.filter(({ headers }) => headers?.['x-resend'] === undefined).length]));
}
