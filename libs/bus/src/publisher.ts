import { IllegalOperationError, type ChannelModel, type ConfirmChannel, type Message } from 'amqplib';
import type { Topology } from '#contracts';
import type { KeyRing, Logger } from '#runtime';
import { Bundler } from './bundler.ts';
import { BusRejectedError, BusUnavailableError, UnroutableError } from './bus-errors.ts';
import { countConfirmed, countUnpublished } from './bus-metrics.ts';
import type { BusConnection } from './connection.ts';
import { FlowGate } from './flow-gate.ts';
import type { OutgoingMessage, RawMessage } from './message.ts';
import { KEY_VERSION_HEADER, sealBody } from './sealed-body.ts';
import { assertTopology } from './topology-assertion.ts';

export interface BusPublisherOptions {
  readonly connection: BusConnection;
  readonly topology: Topology;
  readonly sealer: KeyRing;
  readonly logger: Logger;
  /** From the call to the confirm, waiting in line included. */
  readonly timeoutMs?: number;
  readonly maxInFlight?: number;
  readonly maxWaiting?: number;
}

interface Pending {
  readonly message: RawMessage;
  readonly finish: (error?: Error) => void;
  returned: boolean;
}

/** A broker that confirms at all confirms sooner; one that is stuck must not keep a program from ending. */
const CLOSE_PATIENCE_MS = 1_000;

/** Publishes with confirms: a resolved promise means that the broker has the message on disk in a queue. */
export class BusPublisher {
  private readonly options: Required<BusPublisherOptions>;
  private readonly gate: FlowGate;
  private readonly pending = new Map<string, Pending>();
  private readonly bundler: Bundler;
  /** Routes whose messages may travel together, as `exchange key`. */
  private readonly bundled: ReadonlySet<string>;
  private channel: ConfirmChannel | null = null;
  private sequence = 0;
  private closing = false;

  constructor(options: BusPublisherOptions) {
    const { timeoutMs = 5_000, maxInFlight = 2_000, maxWaiting = 20_000 } = options;
    this.options = { ...options, timeoutMs, maxInFlight, maxWaiting };
    this.gate = new FlowGate(this.options.maxInFlight, this.options.maxWaiting);
    this.bundler = new Bundler({ send: (message) => this.carry(message), maxWaiting, timeoutMs });
    this.bundled = new Set(options.topology.queues.filter((queue) => queue.bundled).flatMap((queue) => queue.routingKeys.map((key) => `${queue.exchange} ${key}`)));
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
    return this.gate.inFlight;
  }

  /**
   * Resolves when the broker confirmed. @throws BusUnavailableError (not connected, lost, blocked, overloaded, timeout),
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
    const bundled = this.bundled.has(`${message.exchange} ${message.routingKey}`);
    return this.counted(message, bundled ? () => this.bundler.publish(message) : () => this.carry(message));
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
    this.closing = true;
    this.gate.refuseAll(new BusUnavailableError('closed', false));
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => { timer = setTimeout(resolve, CLOSE_PATIENCE_MS); });
    await Promise.race([this.channel?.waitForConfirms().catch(() => undefined), patience]);
    clearTimeout(timer);
    await this.options.connection.close();
  }

  private async carry(message: RawMessage): Promise<void> {
    const startedAt = performance.now();
    const refusal = this.refusal();
    if (refusal) throw refusal;
    if (!this.gate.tryEnter()) await this.gate.enter(this.options.timeoutMs);
    await this.send(message, Math.max(1, this.options.timeoutMs - (performance.now() - startedAt)));
  }

  private refusal(): BusUnavailableError | null {
    if (this.closing) return new BusUnavailableError('closed', false);
    if (this.options.connection.state === 'blocked') return new BusUnavailableError('blocked', false);
    return this.channel ? null : new BusUnavailableError('not-connected', false);
  }

  private async prepare(model: ChannelModel): Promise<void> {
    await assertTopology(model, this.options.topology);
    const channel = await model.createConfirmChannel();
    channel.on('error', (error: Error) => this.options.logger.error({ reason: error.message }, 'publishing channel failed'));
    channel.on('close', () => this.lose(channel));
    channel.on('return', (message: Message) => this.markReturned(message));
    channel.on('drain', () => this.gate.resume());
    model.on('blocked', () => this.gate.refuseAll(new BusUnavailableError('blocked', false)));
    this.channel = channel;
    this.gate.resume();
  }

  /** Unconfirmed publishes are refused by the client library's own callbacks; those still in line are refused here. */
  private lose(channel: ConfirmChannel): void {
    if (this.channel !== channel) return;
    this.channel = null;
    this.gate.refuseAll(new BusUnavailableError('connection-lost', false));
    this.options.connection.restart('publishing channel closed');
  }

  /** A return comes before its confirm, and carries back the correlation id that only this publish has. */
  private markReturned(message: Message): void {
    const pending = this.pending.get(String(message.properties.correlationId));
    if (pending) pending.returned = true;
  }

  /** Writes the message. Its place in the gate stays taken until the broker answers or the channel dies, however impatient the caller is. */
  private send(message: RawMessage, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const id = (++this.sequence).toString(36);
      const timer = setTimeout(() => this.pending.get(id)?.finish(new BusUnavailableError('timeout', true)), timeoutMs);
      const finish = (error?: Error): void => {
        clearTimeout(timer);
        this.pending.delete(id);
        if (error) reject(error);
        else resolve();
      };
      this.pending.set(id, { message, finish, returned: false });
      this.write(id, message);
    });
  }

  private write(id: string, message: RawMessage): void {
    const properties = { ...message.properties, correlationId: id, persistent: true, mandatory: true, timestamp: Math.floor(Date.now() / 1000) };
    try {
      if (!this.channel) throw new IllegalOperationError('no channel');
      const flowing = this.channel.publish(message.exchange, message.routingKey, message.content, properties, (error: Error | null) => this.confirm(id, error));
      if (!flowing) this.gate.pause();
    } catch (cause) {
      // The client refuses before it writes anything: no channel, or headers that cannot be encoded.
      this.gate.leave();
      const lost = cause instanceof IllegalOperationError;
      this.pending.get(id)?.finish(lost ? new BusUnavailableError('connection-lost', false, { cause }) : (cause as Error));
    }
  }

  private confirm(id: string, error: Error | null): void {
    this.gate.leave();
    const pending = this.pending.get(id);
    if (!pending) return;
    const { exchange, routingKey } = pending.message;
    if (error?.message === 'message nacked') pending.finish(new BusRejectedError(exchange, routingKey));
    else if (error) pending.finish(new BusUnavailableError('connection-lost', true, { cause: error }));
    else pending.finish(pending.returned ? new UnroutableError(exchange, routingKey) : undefined);
  }
}
