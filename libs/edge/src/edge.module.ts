import { Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Redis } from 'ioredis';
import { BusModule, BusPublisher, BusServer, type BusOptions } from '#bus';
import type { DoorRefusal, Topology } from '#contracts';
import { HealthModule, KeyRing, MetricsModule, type Logger } from '#runtime';
import { DeliverOrders } from './deliver-orders.ts';
import { Delivery } from './delivery.ts';
import { DoorMemory } from './door-memory.ts';
import { connectDoorRedis } from './door-redis.ts';
import type { EdgeConfig } from './edge.config.ts';
import { edgeMetrics } from './edge-metrics.ts';
import type { Endpoints } from './endpoints.ts';
import { Ingress } from './ingress.ts';
import { MetricsGuard } from './metrics.guard.ts';
import { ProblemFilter } from './problem.filter.ts';
import { RefusalReporter } from './refusal-reporter.ts';
import type { KeyBook } from './signing-keys.ts';
import { TokenBuckets } from './token-bucket.ts';

/** What an adapter says about its edge, once. */
export interface EdgeOptions {
  readonly app: DoorRefusal['app'];
  readonly config: EdgeConfig;
  readonly logger: Logger;
  readonly topology: Topology;
  readonly keys: KeyBook;
  readonly endpoints: Endpoints;
  /** Routing key of the events that come in. */
  readonly route: string;
  /** Towards whom the transfers go that those events cause. */
  readonly to: 'centre' | 'hall';
}

/** Ends what the edge holds open, after the last request and the last delivery. */
class EdgeShutdown implements OnApplicationShutdown {
  readonly #redis: Redis;
  readonly #delivery: Delivery;

  constructor(redis: Redis, delivery: Delivery) {
    this.#redis = redis;
    this.#delivery = delivery;
  }

  async onApplicationShutdown(): Promise<void> {
    this.#redis.disconnect();
    await this.#delivery.close();
  }
}

/** The two directions of an adapter: {@link Ingress} for what comes in over HTTP, {@link DeliverOrders} for what goes out. With bus, health and metrics. */
@Module({})
export class EdgeModule {
  static forRoot(options: EdgeOptions): DynamicModule {
    return {
      module: EdgeModule,
      global: true,
      imports: [
        BusModule.forRootAsync({ inject: [Redis], useFactory: (redis: Redis) => busOptions(options, redis) }),
        HealthModule.forRootAsync({
          inject: [BusPublisher, BusServer, Redis],
          useFactory: (publisher: BusPublisher, server: BusServer, redis: Redis) => ({
            rabbitmq: () => publisher.ready && server.ready,
            redis: () => redis.ping(),
          }),
        }),
        MetricsModule.forRoot(options.app),
      ],
      providers: providersOf(options),
      exports: [Redis, Ingress, DeliverOrders],
    };
  }
}

/** A batch fills the connections of an endpoint; the next one gathers meanwhile. */
function busOptions({ app, config, logger, topology }: EdgeOptions, redis: Redis): BusOptions {
  const queues = topology.queues.filter(({ consumer }) => consumer === app)
    .map(({ name }) => ({ name, batchSize: config.deliveryConnections, lingerMs: 1 }));
  return { app, urls: config.rabbitmqUrl, topology, queues, sealer: KeyRing.fromJson(config.ledgerKeys), logger, redis: { redis, prefix: `${config.redisPrefix}bus:` } };
}

function providersOf(options: EdgeOptions): Provider[] {
  const { config, logger, endpoints } = options;
  const metrics = edgeMetrics();
  return [
    { provide: Redis, useFactory: () => connectDoorRedis(config.redisUrl, logger) },
    { provide: Delivery, useFactory: () => new Delivery(endpoints, { connections: config.deliveryConnections }) },
    {
      provide: DeliverOrders,
      inject: [Delivery, BusPublisher],
      useFactory: (delivery: Delivery, publisher: BusPublisher) => new DeliverOrders({ delivery, publisher, metrics, logger }),
    },
    {
      provide: Ingress,
      inject: [Redis, BusPublisher],
      useFactory: (redis: Redis, publisher: BusPublisher) => createIngress(options, redis, publisher),
    },
    { provide: APP_GUARD, useFactory: () => new MetricsGuard(config.opsToken) },
    { provide: ProblemFilter, inject: [Ingress], useFactory: (ingress: Ingress) => new ProblemFilter(ingress) },
    { provide: EdgeShutdown, inject: [Redis, Delivery], useFactory: (redis: Redis, delivery: Delivery) => new EdgeShutdown(redis, delivery) },
  ];
}

function createIngress({ app, config, logger, keys, route, to }: EdgeOptions, redis: Redis, publisher: BusPublisher): Ingress {
  const metrics = edgeMetrics();
  return new Ingress({
    app, route, to, keys, publisher, metrics, logger,
    maxBatch: config.maxBatchEvents,
    memory: new DoorMemory(redis, config.redisPrefix),
    rates: new TokenBuckets({ perSecond: config.ratePerSecond, burst: config.rateBurst }),
    reporter: new RefusalReporter({ publisher, metrics, logger, perSecond: config.refusalReportsPerSecond }),
  });
}
