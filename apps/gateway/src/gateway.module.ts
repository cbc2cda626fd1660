import { BusModule, BusPublisher, BusServer } from '#bus';
import { catalogue, QUEUES, topologyFor } from '#contracts';
import { HealthModule, KeyRing, metricsRegistry } from '#runtime';
import type { HealthChecks, Logger } from '#runtime';
import { BullModule } from '@nestjs/bullmq';
import { Global, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Kysely, sql } from 'kysely';
import { collectDefaultMetrics } from 'prom-client';
import { AcknowledgeRecorded } from './cases/acknowledge-recorded.ts';
import { AwaitPermissions } from './cases/await-permissions.ts';
import { ReceiveEvents } from './cases/receive-events.ts';
import { ChannelClock } from './channels/channel-clock.ts';
import { DrainChannels } from './channels/drain-channels.ts';
import { MeasureChannels } from './channels/measure-channels.ts';
import { OutcomeConsumer } from './centre-to-hall/outcome.consumer.ts';
import { MissingOrders } from './clocks/missing-orders.ts';
import { SweepLedger } from './clocks/sweep-ledger.ts';
import { Watchdog } from './clocks/watchdog.ts';
import { PublishOrders } from './dispatch/publish-orders.ts';
import { ReceiptConsumer } from './dispatch/receipt.consumer.ts';
import { RebuildTimers } from './dispatch/rebuild-timers.ts';
import { RecordReceipts } from './dispatch/record-receipts.ts';
import { RetrySchedules } from './dispatch/retry-schedules.ts';
import { RETRY_QUEUE, RetryTimers } from './dispatch/retry-timers.ts';
import { RetryProcessor } from './dispatch/retry.processor.ts';
import { TimersShutdown } from './dispatch/timers-shutdown.ts';
import { StartAttempt } from './dispatch/start-attempt.ts';
import { SealClock } from './evidence/seal-clock.ts';
import { SealMessages } from './evidence/seal-messages.ts';
import { GatewayConfig } from './gateway.config.ts';
import { IntakeConsumer } from './hall-to-centre/intake.consumer.ts';
import type { LedgerTables } from './ledger/tables.ts';
import { LOGGER } from './logger.token.ts';
import { KeepMaintenance } from './maintenance/keep-maintenance.ts';
import { MaintenanceClock } from './maintenance/maintenance-clock.ts';
import { OperationsModule } from './operations/operations.module.ts';
import { OPS_POOL } from './ops-pool.token.ts';
import { OpsApiModule } from './ops-api/ops-api.module.ts';
import { DeadLetterConsumer } from './reports/dead-letter.consumer.ts';
import { DoorRefusalConsumer } from './reports/door-refusal.consumer.ts';
import { LetterClock } from './reports/letter-clock.ts';
import { SendLetters } from './reports/send-letters.ts';
import { EdgeStatusConsumer } from './watch/edge-status.consumer.ts';
import { Lookout } from './watch/lookout.ts';
import { QueueFigures } from './watch/queue-figures.ts';

/** What main has opened and checked before the module is made. */
export interface GatewayResources {
  readonly config: GatewayConfig;
  readonly schedules: RetrySchedules;
  readonly logger: Logger;
  readonly db: Kysely<LedgerTables>;
  /** The pool beside the messages': {@link OPS_POOL}. */
  readonly opsDb: Kysely<LedgerTables>;
  readonly keys: KeyRing;
  readonly redis: Redis;
}

/** Everything the parts of the gateway share. */
@Global()
@Module({})
class ResourcesModule {
  static forRoot({ config, schedules, logger, db, opsDb, keys, redis }: GatewayResources): DynamicModule {
    const providers = [
      { provide: GatewayConfig, useValue: config },
      { provide: RetrySchedules, useValue: schedules },
      { provide: LOGGER, useValue: logger },
      { provide: Kysely, useValue: db },
      { provide: OPS_POOL, useValue: opsDb },
      { provide: KeyRing, useValue: keys },
      { provide: Redis, useValue: redis },
    ];
    return { module: ResourcesModule, providers, exports: providers };
  }
}

/** The hub of the bridge: cases, the ledger, dispatching and time. */
@Module({})
export class GatewayModule {
  static forRoot(resources: GatewayResources): DynamicModule {
    const { config } = resources;
    metricsRegistry.setDefaultLabels({ app: 'gateway' });
    collectDefaultMetrics({ register: metricsRegistry });
    return {
      module: GatewayModule,
      imports: [
        ResourcesModule.forRoot(resources),
        busModule(resources),
        // A job that has ended is not kept: its id would keep the same timer from being set again, and the ledger says what is still to be done.
        BullModule.forRoot({
          connection: { url: config.redisUrl, maxRetriesPerRequest: null },
          prefix: `${config.redisPrefix}timers`,
          defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
        }),
        BullModule.registerQueue({ name: RETRY_QUEUE }),
        HealthModule.forRootAsync({ inject: [BusServer, BusPublisher, Kysely, Redis], useFactory: healthChecks }),
        OperationsModule,
        OpsApiModule,
      ],
      controllers: [IntakeConsumer, OutcomeConsumer, ReceiptConsumer, DoorRefusalConsumer, DeadLetterConsumer, EdgeStatusConsumer],
      providers: [SendLetters, LetterClock, ReceiveEvents, AwaitPermissions, AcknowledgeRecorded, RecordReceipts, PublishOrders, RetryTimers, RebuildTimers, StartAttempt, RetryProcessor, TimersShutdown, MissingOrders, SweepLedger, DrainChannels, MeasureChannels, ChannelClock, KeepMaintenance, MaintenanceClock, QueueFigures, Lookout, Watchdog, SealMessages, SealClock],
    };
  }
}

function busModule({ config, logger, keys, redis }: GatewayResources): DynamicModule {
  const batches = { batchSize: config.batchSize, lingerMs: config.batchLingerMs, prefetch: config.batchSize * 2 };
  return BusModule.forRootAsync({
    useFactory: () => ({
      app: 'gateway' as const, urls: config.rabbitmqUrl, topology: topologyFor(catalogue().halls.map((hall) => hall.code)), sealer: keys, logger,
      queues: [QUEUES.intake, QUEUES.outcomes, QUEUES.receipts].map((name) => ({ name, ...batches })),
      redis: { redis, prefix: `${config.redisPrefix}bus:` },
    }),
  });
}

function healthChecks(server: BusServer, publisher: BusPublisher, db: Kysely<LedgerTables>, redis: Redis): HealthChecks {
  return {
    rabbitmq: () => server.ready && publisher.ready,
    postgresql: () => sql`select 1`.execute(db),
    redis: () => redis.ping(),
  };
}
