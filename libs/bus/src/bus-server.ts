import { setTimeout as sleep } from 'node:timers/promises';
import type { OnModuleDestroy } from '@nestjs/common';
import { BaseRpcContext, Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { ChannelModel } from 'amqplib';
import type { Redis } from 'ioredis';
import { isObservable, lastValueFrom, of, type Observable } from 'rxjs';
import type { AppName, QueueSpec, Topology } from '#contracts';
import type { KeyRing, Logger } from '#runtime';
import type { Handle } from './ask-handler.ts';
import { HandlerError } from './bus-errors.ts';
import { patternOfEachQueue, type HandlerPattern } from './check-handlers.ts';
import type { BusConnection } from './connection.ts';
import { ConsumerWatch } from './consumer-watch.ts';
import { guardHandler, type Guards } from './guard-handler.ts';
import type { BatchResult, IncomingMessage } from './message.ts';
import type { BusPublisher } from './publisher.ts';
import { Quarantine } from './quarantine.ts';
import { QueueConsumer, type QueueConsumerOptions } from './queue-consumer.ts';
import { SilentQueues } from './silent-queues.ts';
import { assertTopology } from './topology-assertion.ts';
import { UnfinishedStarts } from './unfinished-starts.ts';

/** A message that has not killed its process after so long in hand is not going to. */
const WATCH_MS = 2_000;

/** How long the broker may take with one queue of a fresh connection before the next ones are consumed as well. */
const HEAD_START_MS = 300;

/** How one queue is consumed. */
export interface QueueOptions {
  readonly name: string;
  /**
   * `batch` (the default): one batch in hand at a time, in order. `each`: up to `concurrency` messages in hand at once, each handed over
   * as a batch of one and settled by itself, so that one slow answer holds one place and nobody else; no order among them.
   */
  readonly mode?: 'batch' | 'each';
  /** Messages in hand at once in mode `each`; 16 unless told otherwise. */
  readonly concurrency?: number;
  readonly batchSize?: number;
  /** How long the first message of a batch waits for company, in milliseconds. */
  readonly lingerMs?: number;
  /**
   * Unsettled messages the broker may hand out. In mode `batch` at least twice the batch, so that the next batch gathers while one is in
   * hand. In mode `each` as many as are in hand, unless told otherwise: what only waits here is counted as delivered each time the queue
   * is paused, and with every pause comes nearer to its delivery limit.
   */
  readonly prefetch?: number;
}

/** A Redis whose commands fail soon while it is away, and the prefix of this program's keys. */
export interface BusRedis {
  readonly redis: Redis;
  readonly prefix: string;
}

export interface BusServerOptions {
  /** A connection of its own, not the publisher's. */
  readonly connection: BusConnection;
  readonly topology: Topology;
  readonly app: AppName;
  /** Queues that differ from the defaults (batches of 100, 3 ms, prefetch twice the batch). */
  readonly queues?: readonly QueueOptions[];
  readonly sealer: KeyRing;
  /** Publishes dead letters. */
  readonly publisher: BusPublisher;
  readonly logger: Logger;
  /** Where starts of suspect messages are noted; without it the delivery limit alone stops a message that kills its process. */
  readonly redis?: BusRedis | undefined;
  /** How long `close` waits for handlers in hand; 4.5 s unless told otherwise, so that a program ends within ten. */
  readonly closeTimeoutMs?: number;
  /** How often the broker is asked whether it still knows the consumers. */
  readonly watchConsumersMs?: number;
  /** How long the broker may take to begin or to stop handing the messages of a queue over; 5 s unless told otherwise. */
  readonly wishTimeoutMs?: number;
}

/** Nest's door to the bus: every queue of the app goes to the one `@EventPattern` method that carries its name, in batches. */
export class BusServer extends Server implements CustomTransportStrategy, OnModuleDestroy {
  override readonly propagatesEventHandlerErrors = true;
  private readonly options: BusServerOptions;
  private readonly guards: Guards | null;
  private readonly watch: ConsumerWatch;
  private readonly silent: SilentQueues;
  private consumers: QueueConsumer[] = [];
  private closing: Promise<void> | null = null;

  constructor(options: BusServerOptions) {
    super();
    this.options = options;
    const { redis, logger, connection, watchConsumersMs: everyMs = 15_000 } = options;
    this.watch = new ConsumerWatch({ connection, everyMs, logger, queues: () => this.consumers });
    this.silent = new SilentQueues({ connection, logger, onAnswer: (queue) => void this.attach(this.consumerNamed(queue)).catch(() => undefined) });
    this.guards = redis ? { quarantine: new Quarantine(WATCH_MS), starts: new UnfinishedStarts({ ...redis, logger }), logger, watchMs: WATCH_MS } : null;
  }

  /** Whether every queue of this app is being consumed; one that is paused counts as fine, and one that is silent is no fault of this program. */
  get ready(): boolean {
    return this.options.connection.state === 'open' && this.consumers.length > 0
      && this.consumers.every((consumer) => consumer.attached || this.silent.has(consumer.name));
  }

  /** Queues of this app that RabbitMQ does not answer for, so that they are not consumed. */
  get silentQueues(): string[] {
    return this.silent.all;
  }

  /** Resolves when a queue or an exchange turns out, after the start, to be declared otherwise than this program declares it: it must end and be told why. */
  get hopeless(): Promise<Error> {
    return Promise.race([this.options.connection.hopeless, this.options.publisher.hopeless]);
  }

  /** Checks the handlers, connects, declares the topology and starts to consume; every later reconnect does the last three again. */
  listen(callback: (error?: Error) => void): void {
    this.start().then(() => callback(), (error: unknown) => callback(error as Error));
  }

  /**
   * Stops consuming one queue: what only waits in this process goes back at once, what is in hand is finished. It stays paused over
   * reconnects until {@link resumeQueue}. Pausing what is paused is harmless. @throws HandlerError when this app has no such queue
   */
  pauseQueue(name: string): Promise<void> {
    return this.consumerNamed(name).pause();
  }

  /** Consumes a paused queue again, now or with the next connection. @throws HandlerError when this app has no such queue */
  resumeQueue(name: string): Promise<void> {
    return this.consumerNamed(name).resume();
  }

  /** The program begins to end: what is in hand here is finished while the rest of it ends too, not after it. Each has its bound, but they must not add up. */
  onModuleDestroy(): void {
    this.close().catch(() => undefined);
  }

  /** Stops consuming and waits for the handlers in hand, at most `closeTimeoutMs`; what is not finished is handed out again. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  override on(): never {
    throw new Error('BusServer emits no events; ask `ready`');
  }

  override unwrap<T>(): T {
    return this.options.connection as T;
  }

  private async end(): Promise<void> {
    this.watch.stop();
    this.silent.stop();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => { timer = setTimeout(resolve, this.options.closeTimeoutMs ?? 4_500); });
    await Promise.race([Promise.all(this.consumers.map((consumer) => consumer.stop())), patience]);
    clearTimeout(timer);
    await this.options.connection.close();
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
      await this.attachAll(model);
    });
    await connection.open();
    this.watch.start();
  }

  /** One after the other, so that a queue which makes the broker end the connection is known by that; but the others go on past one that takes long. */
  private async attachAll(model: ChannelModel): Promise<void> {
    const attaching: Promise<void>[] = [];
    for (const consumer of this.consumers.filter(({ name }) => !this.silent.has(name))) {
      const attached = model.createChannel().then((channel) => consumer.attach(channel));
      // Whether it failed is asked below; until then nobody need hear it.
      attached.catch(() => undefined);
      attaching.push(attached);
      await Promise.race([attached, sleep(HEAD_START_MS, undefined, { ref: false })]);
    }
    await Promise.all(attaching);
  }

  /** Without a connection it is attached with the next one. */
  private async attach(consumer: QueueConsumer): Promise<void> {
    await consumer.attach(await this.options.connection.openChannel());
  }

  private consumerNamed(name: string): QueueConsumer {
    const found = this.consumers.find((consumer) => consumer.name === name);
    if (!found) throw new HandlerError(`${this.options.app} consumes no queue named ${name}`);
    return found;
  }

  private consumerOf(spec: QueueSpec, pattern: string): QueueConsumer {
    const { connection, app, sealer, publisher, logger, wishTimeoutMs, queues = [] } = this.options;
    const handler = this.messageHandlers.get(pattern) as MessageHandler<IncomingMessage[], BaseRpcContext, BatchResult>;
    const label: unknown = handler.extras?.['handler'];
    const handle: Handle = (batch) => this.call(handler, batch);
    return new QueueConsumer({
      spec, ...paceOf(spec, queues.find(({ name }) => name === spec.name)), app, sealer, publisher, logger, wishTimeoutMs,
      handlerName: typeof label === 'string' ? label : `@EventPattern('${pattern}')`,
      handle: this.guards ? guardHandler(handle, this.guards) : handle,
      onLost: (reason) => connection.restart(reason),
      onSilent: (reason) => this.silent.add(spec.name, reason),
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

type Pace = Pick<QueueConsumerOptions, 'batchSize' | 'lingerMs' | 'concurrency' | 'prefetch'>;

/**
 * A message of a bundled queue may be a whole bundle: fewer of them fill a batch, and the memory. After two lost connections each of their parts is
 * handled by itself, so there must not be too many of them.
 */
const MOST_BUNDLES = 32;

function paceOf({ bundled }: QueueSpec, { mode = 'batch', batchSize = 100, lingerMs = 3, concurrency = 16, prefetch = 0 }: Partial<QueueOptions> = {}): Pace {
  if (mode === 'each') return { batchSize: 1, lingerMs: 0, concurrency, prefetch: Math.max(prefetch, concurrency) };
  const wanted = Math.max(prefetch, batchSize * 2);
  return { batchSize, lingerMs, concurrency: 1, prefetch: bundled ? Math.min(wanted, MOST_BUNDLES) : wanted };
}
