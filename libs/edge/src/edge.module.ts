import type { Server } from 'node:http';
import { Module, type BeforeApplicationShutdown, type DynamicModule, type OnApplicationShutdown, type OnModuleDestroy, type Provider } from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost } from '@nestjs/core';
import { Redis } from 'ioredis';
import { BusModule, BusPublisher, BusServer, type BusOptions, ENOUGH_COMPANY } from '#bus';
import { EXCHANGES, type DoorRefusal, type Topology } from '#contracts';
import { HealthModule, KeyRing, MetricsModule, type HealthChecks, type Logger } from '#runtime';
import { DeliverOrders } from './deliver-orders.ts';
import { deliveryProviders } from './delivery.providers.ts';
import { DoorRedis, openDoorRedis } from './door-redis.ts';
import type { EdgeConfig } from './edge.config.ts';
import type { Endpoints } from './endpoints.ts';
import { Ingress } from './ingress.ts';
import { ingressProviders } from './ingress.providers.ts';
import { Journal } from './journal.ts';
import { MetricsGuard } from './metrics.guard.ts';
import { ProblemFilter } from './problem.filter.ts';
import { recordedConsumerFor } from './recorded.consumer.ts';
import type { KeyBook } from './signing-keys.ts';

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
  /** Halls whose canaries this adapter sends: the gateway then expects them. */
  readonly canaryHalls?: readonly string[];
}

/** A sender that does not finish its request in this time after the end began is cut off: it was answered nothing, and sends again. */
const DOOR_PATIENCE_MS = 5_000;
const SWEEP_MS = 100;

/** Ends what the edge holds open, after the last request and the last delivery. */
class EdgeShutdown implements OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #redis: Redis;
  readonly #http: HttpAdapterHost;
  #lastCall: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;

  constructor(redis: Redis, http: HttpAdapterHost) {
    this.#redis = redis;
    this.#http = http;
  }

  onModuleDestroy(): void {
    this.#lastCall = setTimeout(() => this.#server().closeAllConnections(), DOOR_PATIENCE_MS);
  }

  /**
   * The HTTP server closes next, and with it the connections that are idle at that moment. One on which a request is being answered becomes idle
   * later, and its sender may keep it open for a minute without a word: for a sender that was told to come again later, that is the usual case.
   */
  beforeApplicationShutdown(): void {
    this.#sweep = setInterval(() => this.#server().closeIdleConnections(), SWEEP_MS);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.#lastCall);
    clearInterval(this.#sweep);
    this.#redis.disconnect();
  }

  #server(): Server {
    return this.#http.httpAdapter.getHttpServer() as Server;
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
        // The door needs Redis alone: an adapter without RabbitMQ is ready, and says what it is without.
        HealthModule.forRootAsync({ inject: [BusPublisher, BusServer, Redis], useFactory: healthChecks, dispensable: ['rabbitmq'] }),
        MetricsModule.forRoot(options.app),
      ],
      providers: providersOf(options),
      controllers: [recordedConsumerFor(options.app)],
      exports: [DoorRedis, Redis, Ingress, DeliverOrders, Journal],
    };
  }
}

function healthChecks(publisher: BusPublisher, server: BusServer, redis: Redis): HealthChecks {
  return {
    rabbitmq: () => (publisher.ready && server.ready ? true : Promise.reject(new Error('away; events that come in wait in the spool'))),
    redis: () => redis.ping(),
  };
}

/** As many transfers in hand as an endpoint has connections, each by itself: one slow answer holds one of them. And as many as gather receipts: those need no connection any more. */
function busOptions({ app, config, logger, topology }: EdgeOptions, redis: Redis): BusOptions {
  const queues = topology.queues.filter(({ consumer, exchange }) => consumer === app && exchange === EXCHANGES.transfers)
    .map(({ name }) => ({ name, mode: 'each' as const, concurrency: config.deliveryConnections + ENOUGH_COMPANY }));
  return { app, urls: config.rabbitmqUrl, topology, queues, sealer: KeyRing.fromJson(config.ledgerKeys), logger, redis: { redis, prefix: `${config.redisPrefix}bus:` } };
}

function providersOf(options: EdgeOptions): Provider[] {
  const { config, logger } = options;
  return [
    { provide: DoorRedis, useFactory: () => openDoorRedis(config.redisUrl, logger) },
    { provide: Redis, inject: [DoorRedis], useFactory: ({ redis }: DoorRedis) => redis },
    ...deliveryProviders(options),
    ...ingressProviders(options),
    { provide: APP_GUARD, useFactory: () => new MetricsGuard(config.opsToken) },
    { provide: ProblemFilter, inject: [Ingress], useFactory: (ingress: Ingress) => new ProblemFilter(ingress) },
    { provide: EdgeShutdown, inject: [Redis, HttpAdapterHost], useFactory: (redis: Redis, http: HttpAdapterHost) => new EdgeShutdown(redis, http) },
  ];
}
