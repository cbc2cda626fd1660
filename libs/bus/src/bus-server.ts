import { BaseRpcContext, Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom, of, type Observable } from 'rxjs';
import type { AppName, QueueSpec, Topology } from '#contracts';
import type { KeyRing, Logger } from '#runtime';
import { HandlerError } from './bus-errors.ts';
import { patternOfEachQueue, type HandlerPattern } from './check-handlers.ts';
import type { BusConnection } from './connection.ts';
import type { BatchResult, IncomingMessage } from './message.ts';
import type { BusPublisher } from './publisher.ts';
import { QueueConsumer } from './queue-consumer.ts';
import { assertTopology } from './topology-assertion.ts';

/** How one queue is consumed. */
export interface QueueOptions {
  readonly name: string;
  readonly batchSize?: number;
  /** How long the first message of a batch waits for company, in milliseconds. */
  readonly lingerMs?: number;
  /** Unsettled messages the broker may hand out; at least twice the batch, so that the next batch gathers while one is in hand. */
  readonly prefetch?: number;
}

export interface BusServerOptions {
  /** A connection of its own, not the publisher's. */
  readonly connection: BusConnection;
  readonly topology: Topology;
  readonly app: AppName;
  /** Queues that differ from the defaults (100 a batch, 3 ms, prefetch twice the batch). */
  readonly queues?: readonly QueueOptions[];
  readonly sealer: KeyRing;
  /** Publishes dead letters. */
  readonly publisher: BusPublisher;
  readonly logger: Logger;
  /** How long `close` waits for handlers in hand. */
  readonly closeTimeoutMs?: number;
}

/** Nest's door to the bus: every queue of the app goes to the one `@EventPattern` method that carries its name, in batches. */
export class BusServer extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;
  private readonly options: BusServerOptions;
  private consumers: QueueConsumer[] = [];

  constructor(options: BusServerOptions) {
    super();
    this.options = options;
  }

  /** Whether every queue of this app is being consumed. */
  get ready(): boolean {
    return this.options.connection.state === 'open' && this.consumers.length > 0 && this.consumers.every((consumer) => consumer.attached);
  }

  /** Checks the handlers, connects, declares the topology and starts to consume; every later reconnect does the last three again. */
  listen(callback: (error?: Error) => void): void {
    this.start().then(() => callback(), (error: unknown) => callback(error as Error));
  }

  /** Stops consuming and waits for the handlers in hand, at most `closeTimeoutMs`; what is not finished is handed out again. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => { timer = setTimeout(resolve, this.options.closeTimeoutMs ?? 8_000); });
    await Promise.race([Promise.all(this.consumers.map((consumer) => consumer.stop())), patience]);
    clearTimeout(timer);
    await this.options.connection.close();
  }

  override on(): never {
    throw new Error('BusServer emits no events; ask `ready`');
  }

  override unwrap<T>(): T {
    return this.options.connection as T;
  }

  private async start(): Promise<void> {
    const { connection, topology, app, queues = [] } = this.options;
    const specs = topology.queues.filter((spec) => spec.consumer === app);
    const unknown = queues.find(({ name }) => !specs.some((spec) => spec.name === name));
    if (unknown) throw new HandlerError(`options are given for ${unknown.name}, but ${app} has no such queue`);
    const patterns = patternOfEachQueue(app, specs, this.patterns());
    this.consumers = specs.map((spec) => this.consumerOf(spec, patterns.get(spec.name) ?? spec.name));
    connection.onConnect(async (model) => {
      await assertTopology(model, topology);
      for (const consumer of this.consumers) await consumer.attach(model);
    });
    await connection.open();
  }

  private consumerOf(spec: QueueSpec, pattern: string): QueueConsumer {
    const { connection, app, sealer, publisher, logger, queues = [] } = this.options;
    const { batchSize = 100, lingerMs = 3, prefetch } = queues.find(({ name }) => name === spec.name) ?? {};
    const handler = this.messageHandlers.get(pattern) as MessageHandler<IncomingMessage[], BaseRpcContext, BatchResult>;
    const label: unknown = handler.extras?.['handler'];
    return new QueueConsumer({
      spec, batchSize, lingerMs, prefetch: Math.max(prefetch ?? 0, batchSize * 2), app, sealer, publisher, logger,
      handlerName: typeof label === 'string' ? label : `@EventPattern('${pattern}')`,
      handle: (batch) => this.call(handler, batch),
      onLost: (reason) => connection.restart(reason),
    });
  }

  /** Nest wraps a handler's answer in an observable when an interceptor or a filter was at work. */
  private async call(handler: MessageHandler<IncomingMessage[], BaseRpcContext, BatchResult>, batch: IncomingMessage[]): Promise<BatchResult | undefined> {
    const answer: unknown = await handler(batch, new BaseRpcContext([batch[0]?.queue]));
    return lastValueFrom(isObservable(answer) ? answer as Observable<BatchResult> : of(answer as BatchResult));
  }

  private patterns(): HandlerPattern[] {
    return [...this.messageHandlers].map(([pattern, handler]) => {
      let methods = 0;
      for (let current: MessageHandler | undefined = handler; current; current = current.next as MessageHandler | undefined) methods++;
      return { pattern, methods, isEvent: handler.isEventHandler === true };
    });
  }
}
