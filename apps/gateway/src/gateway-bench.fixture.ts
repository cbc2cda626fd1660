import type { BatchResult, BusPublisher, OutgoingMessage } from '#bus';
import type { DeliveryReceipt, Destination, JiujinEvent, TransferOrder } from '#contracts';
import { createLogger, KeyRing } from '#runtime';
import type { Kysely } from 'kysely';
import { eventOf, messageOf, receiptMessage, receiptOf } from './case-events.fixture.ts';
import { AcknowledgeRecorded } from './cases/acknowledge-recorded.ts';
import { AwaitPermissions } from './cases/await-permissions.ts';
import { ReceiveEvents } from './cases/receive-events.ts';
import { MissingOrders } from './clocks/missing-orders.ts';
import { SweepLedger } from './clocks/sweep-ledger.ts';
import type { Retry } from './dispatch/apply-receipts.ts';
import { PublishOrders } from './dispatch/publish-orders.ts';
import type { RebuildTimers, TimersState } from './dispatch/rebuild-timers.ts';
import { RecordReceipts } from './dispatch/record-receipts.ts';
import { RetrySchedules } from './dispatch/retry-schedules.ts';
import type { RetryTimers } from './dispatch/retry-timers.ts';
import { StartAttempt } from './dispatch/start-attempt.ts';
import { GatewayConfig } from './gateway.config.ts';
import { migrateLedger } from './ledger/migrate-ledger.ts';
import { openLedger } from './ledger/open-ledger.ts';
import type { LedgerTables } from './ledger/tables.ts';
import type { TransferRow } from './ledger/transfer-rows.ts';
import type { QueueFigures } from './watch/queue-figures.ts';

/** Stands where RabbitMQ would be: keeps what is published, or refuses it. */
class RecordingPublisher {
  readonly orders: TransferOrder[] = [];
  readonly messages: OutgoingMessage[] = [];
  /** What the adapters are told of their events. */
  readonly recorded: OutgoingMessage[] = [];
  ready = true;
  failing = false;

  publish(message: OutgoingMessage): Promise<void> {
    this.recorded.push(message);
    return Promise.resolve();
  }

  publishAll(messages: readonly OutgoingMessage[]): Promise<PromiseSettledResult<void>[]> {
    return Promise.resolve(messages.map((message) => {
      if (this.failing) return { status: 'rejected', reason: new Error('the broker is away') };
      this.messages.push(message);
      this.orders.push(message.body as TransferOrder);
      return { status: 'fulfilled', value: undefined };
    }));
  }
}

/** The gateway's working parts over a real ledger; the broker is a record and the timers a list. */
export class GatewayBench {
  readonly config = Object.assign(new GatewayConfig(), { opsToken: 'x'.repeat(32) });
  readonly keys: KeyRing;
  readonly publisher = new RecordingPublisher();
  readonly retries: Retry[] = [];
  /** What the sweep finds of Redis. */
  timersState: TimersState = 'kept';
  /** What the broker says of the queue to each destination; null: it says nothing. */
  queues: Partial<Record<Destination, { messages: number; consumers: number }>> | null = {};
  private readonly publish: PublishOrders;
  readonly receive: ReceiveEvents;
  readonly record: RecordReceipts;
  readonly sweep: SweepLedger;
  readonly start: StartAttempt;
  readonly db: Kysely<LedgerTables>;

  constructor(db: Kysely<LedgerTables>, keys = KeyRing.fromJson(KeyRing.generateJson())) {
    this.db = db;
    this.keys = keys;
    const logger = createLogger('gateway', { level: 'silent' });
    const publish = new PublishOrders(this.publisher as unknown as BusPublisher, db, logger);
    this.publish = publish;
    const timers = { set: (retries: readonly Retry[]) => { this.retries.push(...retries); return Promise.resolve(true); } } as unknown as RetryTimers;
    const rebuild = { run: () => Promise.resolve(this.timersState) } as unknown as RebuildTimers;
    const schedules = RetrySchedules.fromConfig(this.config);
    const recorded = new AcknowledgeRecorded(this.publisher as unknown as BusPublisher, logger);
    this.receive = new ReceiveEvents(db, this.keys, publish, recorded, this.config, logger);
    this.record = new RecordReceipts(db, this.keys, publish, timers, schedules, this.config, logger);
    const permissions = new AwaitPermissions(db, this.keys, publish, this.config, logger);
    const missing = new MissingOrders(db, { look: () => this.figures() } as unknown as QueueFigures, this.config, logger);
    this.sweep = new SweepLedger(db, this.keys, publish, rebuild, schedules, permissions, missing, this.config, logger);
    this.start = new StartAttempt(db, this.keys, publish, this.config);
  }

  /** Every queue is there, empty and consumed, unless a test says otherwise. */
  private figures(): Promise<object[]> {
    if (this.queues === null) return Promise.reject(new Error('the broker does not answer'));
    const states = { 'centre': undefined, 'hall:410204': undefined, 'hall:410203': undefined, 'hall:410202': undefined, ...this.queues };
    return Promise.resolve(Object.entries(states).map(([destination, state]) => ({ destination, state: state ?? { messages: 0, consumers: 1 } })));
  }

  events(...events: JiujinEvent[]): Promise<BatchResult> {
    return this.published(this.receive.run(events.map((event) => messageOf(event))));
  }

  receipts(...receipts: DeliveryReceipt[]): Promise<BatchResult> {
    return this.published(this.record.run(receipts.map(receiptMessage)));
  }

  /** A batch is done before its orders are. */
  private async published(batch: Promise<BatchResult>): Promise<BatchResult> {
    const result = await batch;
    await this.publish.finish();
    return result;
  }

  /** Receives a case and lets the centre take its opening work item: it waits for acceptance then. */
  async pendingCase(projectNo: string): Promise<void> {
    await this.events(eventOf('case.received', { subject: projectNo }));
    for (const transfer of await this.transfers(projectNo)) await this.receipts(receiptOf(transfer));
  }

  transfers(projectNo: string): Promise<TransferRow[]> {
    return this.db.selectFrom('transfers').selectAll().where('project_no', '=', projectNo).orderBy('ordinal').execute();
  }

  async statusOf(projectNo: string): Promise<string | undefined> {
    const row = await this.db.selectFrom('cases').select('status').where('project_no', '=', projectNo).executeTakeFirst();
    return row?.status;
  }

  outcomes(projectNo: string): Promise<{ type: string; outcome: string; outcome_code: string | null }[]> {
    return this.db.selectFrom('events').select(['type', 'outcome', 'outcome_code']).where('project_no', '=', projectNo).orderBy('seq').execute();
  }

  ordersOf(projectNo: string): TransferOrder[] {
    return this.publisher.orders.filter((order) => order.projectNo === projectNo);
  }
}

/** A bench over the ledger at this address, migrated, with one clerk's grant in it. */
export async function openBench(databaseUrl: string): Promise<GatewayBench> {
  const bench = benchAt(databaseUrl);
  await migrateLedger(bench.db);
  await bench.events(eventOf('permission.granted'));
  return bench;
}

/** A bench over a ledger that is there already, or is not there at all. */
export function benchAt(databaseUrl: string): GatewayBench {
  return new GatewayBench(openLedger({ url: databaseUrl, poolSize: 8, statementTimeoutMs: 20_000, onConnectionLost: () => undefined }));
}
