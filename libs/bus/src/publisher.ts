import type { ChannelModel } from 'amqplib';
import type { QueueSpec, Topology } from '#contracts';
import type { KeyRing, Logger } from '#runtime';
import { Bundler } from './bundler.ts';
import { BusUnavailableError } from './bus-errors.ts';
import { countConfirmed, countUnpublished } from './bus-metrics.ts';
import type { BusConnection } from './connection.ts';
import type { OutgoingMessage, RawMessage } from './message.ts';
import { PublishingLane } from './publishing-lane.ts';
import { KEY_VERSION_HEADER, sealBody } from './sealed-body.ts';
import { assertTopology } from './topology-assertion.ts';

export interface BusPublisherOptions {
  readonly connection: BusConnection;
  readonly topology: Topology;
  readonly sealer: KeyRing;
  readonly logger: Logger;
  /** From the call to the confirm, waiting in line included. */
  readonly timeoutMs?: number;
  /** To one queue. RabbitMQ stops reading a whole connection when one of its channels, stopped before a silent queue, has 400 waiting. */
  readonly maxInFlight?: number;
  /** For one queue. */
  readonly maxWaiting?: number;
}

/** Where everything goes that no queue of the topology takes. */
const ELSEWHERE = 'elsewhere';

/** A broker that confirms at all confirms sooner; one that is stuck must not keep a program from ending. */
const CLOSE_PATIENCE_MS = 1_000;

/** Publishes with confirms: a resolved promise means that the broker has the message on disk in a queue. */
export class BusPublisher {
  private readonly options: Required<BusPublisherOptions>;
  /** By the name of the queue they lead to. */
  private readonly lanes = new Map<string, PublishingLane>();
  private readonly bundler: Bundler;
  /** The queue behind each route, as `exchange key`. */
  private readonly queues: ReadonlyMap<string, QueueSpec>;
  private model: ChannelModel | null = null;
  private closing = false;

  constructor(options: BusPublisherOptions) {
    const { timeoutMs = 5_000, maxInFlight = 200, maxWaiting = 20_000 } = options;
    this.options = { ...options, timeoutMs, maxInFlight, maxWaiting };
    this.bundler = new Bundler({ send: (message) => this.carry(message), maxWaiting, timeoutMs });
    this.queues = new Map(options.topology.queues.flatMap((queue) => queue.routingKeys.map((key) => [`${queue.exchange} ${key}`, queue] as const)));
    this.options.connection.onConnect((model) => this.prepare(model));
  }

  /** Connects and declares the topology. @throws what `BusConnection.open` throws, and TopologyError. */
  open(): Promise<void> {
    return this.options.connection.open();
  }

  /** Whether a publish would be tried now. */
  get ready(): boolean {
    return this.refusal() === null;
  }

  /** As of its connection. */
  get hopeless(): Promise<Error> {
    return this.options.connection.hopeless;
  }

  get inFlight(): number {
    return [...this.lanes.values()].reduce((sum, lane) => sum + lane.inFlight, 0);
  }

  /** Queues that leave what is published to them unconfirmed. */
  get silentQueues(): string[] {
    return [...this.lanes.values()].filter((lane) => lane.silent).map((lane) => lane.queue);
  }

  /**
   * Resolves when the broker confirmed. @throws BusUnavailableError (not connected, lost, blocked, overloaded, silent, timeout),
   * BusRejectedError (nack) or UnroutableError (no queue takes it). Nothing is tried again here: the caller still has the message.
   */
  publish(message: OutgoingMessage): Promise<void> {
    return this.publishRaw(this.seal(message));
  }

  /** The message as it goes onto the wire, for a caller that also keeps it elsewhere until it is published with {@link publishRaw}. */
  seal(message: OutgoingMessage): RawMessage {
    const sealed = sealBody(this.options.sealer, message.body);
    return {
      exchange: message.exchange,
      routingKey: message.routingKey,
      content: sealed.content,
      properties: {
        messageId: message.messageId,
        type: message.type,
        contentType: 'application/octet-stream',
        headers: { ...message.headers, [KEY_VERSION_HEADER]: sealed.keyVersion },
      },
    };
  }

  /** Publishes them in this order, all in flight together; one answer for each. */
  publishAll(messages: readonly OutgoingMessage[]): Promise<PromiseSettledResult<void>[]> {
    return Promise.allSettled(messages.map((message) => this.publish(message)));
  }

  /** As {@link publish}, for bytes that are sealed already. */
  publishRaw(message: RawMessage): Promise<void> {
    const queue = this.queueOf(message);
    return this.counted(message, queue?.bundled ? () => this.bundler.publish(message, queue.gatherMs) : () => this.carry(message));
  }

  /** As {@link publishRaw}, in no company: for a message that has brought misfortune to those it travelled with, or may have. */
  publishAlone(message: RawMessage): Promise<void> {
    return this.counted(message, () => this.carry(message));
  }

  private async counted(message: RawMessage, publish: () => Promise<void>): Promise<void> {
    const startedAt = performance.now();
    try {
      const refusal = this.refusal();
      if (refusal) throw refusal;
      await publish();
    } catch (error) {
      countUnpublished(message.exchange, error);
      throw error;
    }
    countConfirmed(message.exchange, performance.now() - startedAt);
  }

  /** Takes no more, waits a little until everything in flight is confirmed, and closes the connection; what is not is refused as uncertain. */
  async close(): Promise<void> {
    this.bundler.hasten();
    this.closing = true;
    const lanes = [...this.lanes.values()];
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => { timer = setTimeout(resolve, CLOSE_PATIENCE_MS); });
    await Promise.race([Promise.all(lanes.map((lane) => lane.close())), patience]);
    clearTimeout(timer);
    await this.options.connection.close();
    // A connection that is cut off without a farewell tells them only much later.
    for (const lane of lanes) lane.abandon();
  }

  private async carry(message: RawMessage): Promise<void> {
    const refusal = this.refusal();
    if (refusal) throw refusal;
    await this.laneOf(message).carry(message);
  }

  private refusal(): BusUnavailableError | null {
    if (this.closing) return new BusUnavailableError('closed', false);
    const { state } = this.options.connection;
    if (state === 'blocked') return new BusUnavailableError('blocked', false);
    return state === 'open' ? null : new BusUnavailableError('not-connected', false);
  }

  private queueOf({ exchange, routingKey }: RawMessage): QueueSpec | undefined {
    return this.queues.get(`${exchange} ${routingKey}`);
  }

  /** Opened when it is first needed: a program publishes to few of the queues. */
  private laneOf(message: RawMessage): PublishingLane {
    const queue = this.queueOf(message)?.name ?? ELSEWHERE;
    const known = this.lanes.get(queue);
    if (known) return known;
    const { timeoutMs, maxInFlight, maxWaiting, logger } = this.options;
    const onLost = (): void => this.options.connection.restart(`publishing channel to ${queue} closed`);
    const lane = new PublishingLane({ queue, timeoutMs, maxInFlight, maxWaiting, logger, onLost });
    this.lanes.set(queue, lane);
    if (this.model) lane.attach(this.model).catch(onLost);
    return lane;
  }

  private async prepare(model: ChannelModel): Promise<void> {
    await assertTopology(model, this.options.topology);
    model.on('blocked', () => { for (const lane of this.lanes.values()) lane.refuseWaiting(new BusUnavailableError('blocked', false)); });
    this.model = model;
    await Promise.all([...this.lanes.values()].map((lane) => lane.attach(model)));
  }
}
