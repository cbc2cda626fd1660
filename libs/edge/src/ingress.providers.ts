import { setTimeout as wait } from 'node:timers/promises';
import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy, Provider } from '@nestjs/common';
import { Redis } from 'ioredis';
import { BusInspector, BusPublisher } from '#bus';
import { EXCHANGES, recordedRoute, type DoorRefusal, type Topology } from '#contracts';
import type { Logger } from '#runtime';
import { BrokerWatch } from './broker-watch.ts';
import { DoorMemory } from './door-memory.ts';
import { DrainSpool } from './drain-spool.ts';
import type { EdgeConfig } from './edge.config.ts';
import { edgeMetrics } from './edge-metrics.ts';
import { Ingress } from './ingress.ts';
import { Journal } from './journal.ts';
import { journalKeys } from './journal-keys.ts';
import { RefusalReporter } from './refusal-reporter.ts';
import { RepublishOverdue } from './republish-overdue.ts';
import type { KeyBook } from './signing-keys.ts';
import { Spool } from './spool.ts';
import { TakeEvents } from './take-events.ts';
import { TokenBuckets } from './token-bucket.ts';

interface IngressSetting {
  readonly app: DoorRefusal['app'];
  readonly config: EdgeConfig;
  readonly logger: Logger;
  readonly topology: Topology;
  readonly keys: KeyBook;
  readonly route: string;
  readonly to: 'centre' | 'hall';
}

/** How long the loops behind the door get to end: a server that hangs must not take the time of what ends after them. What they leave in hand another instance takes up. */
const LOOPS_PATIENCE_MS = 4_000;

/** Starts the two loops behind the door when the app is up, and ends them before its door and its connections close: what they had in hand goes back to its place. */
class IngressLifetime implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  readonly #drain: DrainSpool;
  readonly #overdue: RepublishOverdue;
  readonly #spool: Spool;
  readonly #watch: BrokerWatch;

  constructor(drain: DrainSpool, overdue: RepublishOverdue, spool: Spool, watch: BrokerWatch) {
    this.#drain = drain;
    this.#overdue = overdue;
    this.#spool = spool;
    this.#watch = watch;
  }

  onApplicationBootstrap(): void {
    this.#drain.start();
    this.#overdue.start();
  }

  async onModuleDestroy(): Promise<void> {
    const ended = Promise.all([this.#drain.stop(), this.#overdue.stop()]);
    await Promise.race([ended, wait(LOOPS_PATIENCE_MS, undefined, { ref: false })]);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#watch.stop();
    await this.#spool.close();
  }
}

/** The parts of an adapter that bring events in. */
export function ingressProviders(setting: IngressSetting): Provider[] {
  const { app, config, logger } = setting;
  const metrics = edgeMetrics();
  const keys = journalKeys(config.redisPrefix, app);
  const { journalPatienceMs: patienceMs, journalPatienceCapMs: patienceCapMs } = config;
  return [
    { provide: Journal, inject: [Redis], useFactory: (redis: Redis) => new Journal({ redis, keys, patienceMs, patienceCapMs, metrics }) },
    { provide: BrokerWatch, inject: [BusPublisher], useFactory: (publisher: BusPublisher) => createWatch(setting, publisher) },
    {
      provide: Spool,
      inject: [Redis, Journal],
      useFactory: (redis: Redis, journal: Journal) => new Spool({
        redis: redis.duplicate({ enableAutoPipelining: false, lazyConnect: false }), prefix: `${config.redisPrefix}${app}`, journal, metrics, logger,
      }),
    },
    {
      provide: DrainSpool,
      inject: [Spool, Journal, BrokerWatch],
      useFactory: (spool: Spool, journal: Journal, watch: BrokerWatch) => new DrainSpool({ spool, journal, watch, metrics, logger }),
    },
    {
      provide: RepublishOverdue,
      inject: [Spool, Journal, BrokerWatch, BusInspector],
      useFactory: (spool: Spool, journal: Journal, watch: BrokerWatch, inspector: BusInspector) => new RepublishOverdue({
        spool, journal, watch, patienceMs, patienceCapMs, metrics, logger,
        inspect: async () => (await inspector.inspect([queueOf(setting)]))[0] ?? null,
      }),
    },
    {
      provide: Ingress,
      inject: [Redis, BusPublisher, BrokerWatch, Spool],
      useFactory: (redis: Redis, publisher: BusPublisher, watch: BrokerWatch, spool: Spool) => createIngress(setting, redis, publisher, watch, spool),
    },
    {
      provide: IngressLifetime,
      inject: [DrainSpool, RepublishOverdue, Spool, BrokerWatch],
      useFactory: (drain: DrainSpool, overdue: RepublishOverdue, spool: Spool, watch: BrokerWatch) => new IngressLifetime(drain, overdue, spool, watch),
    },
  ];
}

/** The probe is an acknowledgement that names no event: it takes the way of every confirmed message, in no company, and means nothing to whom it reaches. */
function createWatch({ app, config, logger }: IngressSetting, publisher: BusPublisher): BrokerWatch {
  return new BrokerWatch({
    publisher, logger, patienceMs: config.confirmPatienceMs,
    probe: () => publisher.seal({ exchange: EXCHANGES.reports, routingKey: recordedRoute(app), messageId: 'probe', type: 'events.recorded', body: { messageIds: [] } }),
  });
}

function createIngress({ app, config, logger, keys, route, to }: IngressSetting, redis: Redis, publisher: BusPublisher, watch: BrokerWatch, spool: Spool): Ingress {
  const metrics = edgeMetrics();
  const memory = new DoorMemory(redis, {
    prefix: config.redisPrefix, keys: journalKeys(config.redisPrefix, app), patienceMs: config.journalPatienceMs, maxEvents: config.journalMaxEvents,
  });
  return new Ingress({
    app, to, keys, metrics, logger,
    maxBatch: config.maxBatchEvents,
    maxBytesInHand: config.maxBytesInHand,
    take: new TakeEvents({ route, memory, publisher, watch, spool, logger }),
    rates: new TokenBuckets({ perSecond: config.ratePerSecond, burst: config.rateBurst }),
    reporter: new RefusalReporter({ publisher, metrics, logger, perSecond: config.refusalReportsPerSecond }),
  });
}

/** The gateway's queue that this app's events end up in. */
function queueOf({ topology, route }: IngressSetting): string {
  const queue = topology.queues.find(({ exchange, routingKeys }) => exchange === EXCHANGES.events && routingKeys.includes(route));
  if (queue === undefined) throw new Error(`no queue takes events for ${route}`);
  return queue.name;
}
