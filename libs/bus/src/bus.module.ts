import { Module, type DynamicModule, type FactoryProvider, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import type { AppName, Topology } from '#contracts';
import type { KeyRing, Logger } from '#runtime';
import { BusInspector } from './bus-inspector.ts';
import { BusServer, type BusRedis, type QueueOptions } from './bus-server.ts';
import { BusConnection } from './connection.ts';
import { BusPublisher } from './publisher.ts';

/** What an app says about its bus, once. */
export interface BusOptions {
  readonly app: AppName;
  readonly urls: readonly string[];
  readonly topology: Topology;
  readonly queues?: readonly QueueOptions[];
  readonly sealer: KeyRing;
  readonly logger: Logger;
  /** Where starts of suspect messages are noted, so that one which kills its process is found. Disconnect it after the app is closed. */
  readonly redis?: BusRedis;
  readonly publishTimeoutMs?: number;
  readonly closeTimeoutMs?: number;
}

const BUS_OPTIONS = Symbol('BUS_OPTIONS');
const CONSUMING = Symbol('CONSUMING');

/** Closed after the HTTP server and the consumers, for both publish to the end. */
class PublisherShutdown implements OnApplicationShutdown {
  private readonly publisher: BusPublisher;

  constructor(publisher: BusPublisher) {
    this.publisher = publisher;
  }

  onApplicationShutdown(): Promise<void> {
    return this.publisher.close();
  }
}

/**
 * Provides the {@link BusPublisher}, connected if RabbitMQ is there, the {@link BusServer} and the {@link BusInspector} to everyone. The app starts consuming itself:
 * `app.connectMicroservice({ strategy: app.get(BusServer) })`.
 */
@Module({})
export class BusModule {
  static forRootAsync(source: { inject?: FactoryProvider['inject']; useFactory: (...args: never[]) => BusOptions | Promise<BusOptions> }): DynamicModule {
    return {
      module: BusModule,
      global: true,
      providers: [{ provide: BUS_OPTIONS, inject: source.inject ?? [], useFactory: source.useFactory as FactoryProvider['useFactory'] }, ...providers],
      exports: [BusPublisher, BusServer, BusInspector],
    };
  }
}

/** A program waits so long for RabbitMQ at its start, and then goes on without it: its door needs only Redis, and a person can ask it what is wrong. */
const START_PATIENCE_MS = 2_000;

function connectionOf({ urls, logger }: Pick<BusOptions, 'urls' | 'logger'>, name: string): BusConnection {
  return new BusConnection({ urls, name, logger, startPatienceMs: START_PATIENCE_MS, startWithoutBroker: true });
}

const providers: Provider[] = [
  {
    provide: BusPublisher,
    inject: [BUS_OPTIONS],
    useFactory: async (options: BusOptions) => {
      const { app, urls, topology, sealer, logger, publishTimeoutMs } = options;
      const publisher = new BusPublisher({
        connection: connectionOf({ urls, logger }, `${app} publishing`), topology, sealer, logger, timeoutMs: publishTimeoutMs,
      });
      await publisher.open();
      return publisher;
    },
  },
  {
    provide: CONSUMING,
    inject: [BUS_OPTIONS],
    useFactory: ({ app, urls, logger }: BusOptions) => connectionOf({ urls, logger }, `${app} consuming`),
  },
  {
    provide: BusServer,
    inject: [BUS_OPTIONS, CONSUMING, BusPublisher],
    useFactory: ({ app, topology, queues, sealer, logger, redis, closeTimeoutMs }: BusOptions, connection: BusConnection, publisher: BusPublisher) =>
      new BusServer({ connection, topology, app, queues, sealer, publisher, logger, redis, closeTimeoutMs }),
  },
  { provide: BusInspector, inject: [CONSUMING], useFactory: (connection: BusConnection) => new BusInspector({ connection }) },
  { provide: PublisherShutdown, inject: [BusPublisher], useFactory: (publisher: BusPublisher) => new PublisherShutdown(publisher) },
];
