import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy, Provider } from '@nestjs/common';
import { Redis } from 'ioredis';
import { BusPublisher, BusServer } from '#bus';
import { completionUpdatesQueue, QUEUES, type Destination, type EdgeStatus } from '#contracts';
import type { Logger } from '#runtime';
import { circuitMetrics } from './circuit-metrics.ts';
import { ConnectionChecks } from './connection-checks.ts';
import { DeliverOrders } from './deliver-orders.ts';
import { Delivery } from './delivery.ts';
import type { EdgeConfig } from './edge.config.ts';
import { figuresOf } from './edge-figures.ts';
import { edgeMetrics } from './edge-metrics.ts';
import type { CircuitChange } from './endpoint-gate.ts';
import type { Endpoints } from './endpoints.ts';
import { journalKeys } from './journal-keys.ts';
import type { CircuitPolicy } from './judge-circuit.ts';
import { judgeEdgeSettings } from './judge-edge-settings.ts';
import { SendClaims } from './send-claims.ts';
import { signingKeyStatus } from './signing-key-status.ts';
import type { KeyBook } from './signing-keys.ts';
import { StatusReporter } from './status-reporter.ts';

/** An endpoint that refuses everything refuses more than one or two transfers. */
const DIFFERENT_TRANSFERS = 3;
const SLOW_START_MS = 60_000;

interface DeliverySetting {
  readonly app: EdgeStatus['app'];
  readonly config: EdgeConfig;
  readonly endpoints: Endpoints;
  readonly keys: KeyBook;
  readonly logger: Logger;
  readonly canaryHalls?: readonly string[];
}

/** A circuit's change reaches everybody who must know: the log once, the metrics, the gateway. */
class CircuitWatch {
  readonly #logger: Logger;
  /** Set once the parts that know each other are all made. */
  onChange: () => void = () => undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  tell(change: CircuitChange): void {
    const { destination, from, to, reason, failures } = change;
    circuitMetrics().count(change);
    const text = { open: '目的地停止应答，暂停投递', 'half-open': '目的地恢复应答，先试投一件', 'slow-start': '试投成功，逐步恢复投递', closed: '投递恢复正常' }[to];
    this.#logger[to === 'open' ? 'warn' : 'info']({ event: 'circuit', destination, from, to, reason, failures }, text);
    this.onChange();
  }
}

/** Stops delivering at the same time as the queues are closed, so that nobody waits for an endpoint that is down. */
class DeliveryLifetime implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  readonly #delivery: Delivery;
  readonly #reporter: StatusReporter;
  readonly #checks: ConnectionChecks;
  readonly #server: BusServer;

  constructor(delivery: Delivery, reporter: StatusReporter, checks: ConnectionChecks, server: BusServer) {
    this.#delivery = delivery;
    this.#reporter = reporter;
    this.#checks = checks;
    this.#server = server;
  }

  onApplicationBootstrap(): void {
    this.#reporter.start();
    this.#checks.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.#delivery.stop();
    this.#checks.stop();
    // At once, whichever module's turn it is to be destroyed.
    this.#server.onModuleDestroy();
    await this.#reporter.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#delivery.close();
  }
}

/** The parts of an adapter that carry transfers out. */
export function deliveryProviders(options: DeliverySetting): Provider[] {
  const { app, config, logger, canaryHalls, keys, endpoints } = options;
  const watch = new CircuitWatch(logger);
  return [
    {
      provide: Delivery,
      inject: [Redis, BusServer],
      useFactory: (redis: Redis, server: BusServer) => createDelivery(options, redis, server, watch),
    },
    {
      provide: StatusReporter,
      inject: [Delivery, Redis, BusPublisher, ConnectionChecks],
      useFactory: (delivery: Delivery, redis: Redis, publisher: BusPublisher, checks: ConnectionChecks) => {
        const circuits = (): ReturnType<Delivery['circuits']> => {
          const all = delivery.circuits();
          circuitMetrics().show(all);
          return all;
        };
        const reporter = new StatusReporter({
          app, publisher, logger, circuits, figures: figuresOf(redis, journalKeys(config.redisPrefix, app)), ...(canaryHalls === undefined ? {} : { canaryHalls }), signingKeys: signingKeyStatus(keys),
          concerns: judgeEdgeSettings(config, endpoints, process.env['NODE_ENV']),
          connections: () => checks.latest(),
        });
        watch.onChange = () => reporter.report();
        return reporter;
      },
    },
    { provide: ConnectionChecks, useFactory: () => new ConnectionChecks(options.endpoints, () => watch.onChange()) },
    {
      provide: DeliverOrders,
      inject: [Delivery, BusPublisher],
      useFactory: (delivery: Delivery, publisher: BusPublisher) => new DeliverOrders({ delivery, publisher, metrics: edgeMetrics(), logger }),
    },
    {
      provide: DeliveryLifetime,
      inject: [Delivery, StatusReporter, ConnectionChecks, BusServer],
      useFactory: (delivery: Delivery, reporter: StatusReporter, checks: ConnectionChecks, server: BusServer) => new DeliveryLifetime(delivery, reporter, checks, server),
    },
  ];
}

function createDelivery({ config, endpoints }: DeliverySetting, redis: Redis, server: BusServer, watch: CircuitWatch): Delivery {
  const metrics = circuitMetrics();
  return new Delivery(endpoints, {
    policy: policyOf(config),
    holdMs: config.circuitHoldMs,
    claims: new SendClaims(redis, config.redisPrefix),
    onChange: (change) => watch.tell(change),
    onConsuming: (destination, consuming) => {
      const queue = queueOf(destination);
      void (consuming ? server.resumeQueue(queue) : server.pauseQueue(queue));
    },
    onProbe: (destination, { alive }) => metrics.probes.inc({ destination, alive: String(alive) }),
    onKept: (destination) => metrics.kept.inc({ destination }),
  });
}

function policyOf({ circuitFailures, circuitProbeMs, circuitProbeMaxMs, deliveryConnections }: EdgeConfig): CircuitPolicy {
  return {
    failures: circuitFailures, transfers: Math.min(DIFFERENT_TRANSFERS, circuitFailures), connections: deliveryConnections,
    probeBaseMs: circuitProbeMs, probeCapMs: Math.max(circuitProbeMs, circuitProbeMaxMs), slowStartMs: SLOW_START_MS,
  };
}

/** The queue whose transfers go to a destination. */
function queueOf(destination: Destination): string {
  return destination === 'centre' ? QUEUES.workItems : completionUpdatesQueue(destination.slice('hall:'.length));
}
