import { IllegalOperationError, type ChannelModel, type ConfirmChannel, type Message } from 'amqplib';
import type { Logger } from '#runtime';
import { backOffMs } from './back-off.ts';
import { BusRejectedError, BusUnavailableError, UnroutableError } from './bus-errors.ts';
import { noteSilence } from './bus-metrics.ts';
import { FlowGate } from './flow-gate.ts';
import type { RawMessage } from './message.ts';

export interface PublishingLaneOptions {
  /** The queue it leads to, for logs and figures. */
  readonly queue: string;
  /** From the call to the confirm, waiting in line included. */
  readonly timeoutMs: number;
  readonly maxInFlight: number;
  readonly maxWaiting: number;
  readonly logger: Logger;
  /** Called when the channel was lost although its connection may still stand. */
  readonly onLost: () => void;
}

/** A channel, and how much of what was written to it the broker has not answered. */
interface OpenChannel {
  readonly channel: ConfirmChannel;
  unanswered: number;
}

interface Pending {
  readonly message: RawMessage;
  readonly writtenAt: number;
  readonly finish: (error?: Error) => void;
  returned: boolean;
}

const NEXT_TRY_MS = 5_000;
const LONGEST_TRY_MS = 30_000;
/** Nothing but refusals for so long, and it is tried over another channel. */
const RENEW_AFTER_MS = 2_000;
const LONGEST_RENEW_MS = 30_000;

/**
 * The way to one queue, on a channel of its own. RabbitMQ stops a channel that publishes to a quorum queue without a leader, and with it
 * whatever else the channel carries: apart, such a queue holds up nobody but those who write to it. And these are refused at once after the
 * first time-out, but for one try now and then, until the broker confirms again.
 *
 * A channel of RabbitMQ (seen in 3.10) that first writes to a queue while its leader is dying asks that node alone, and refuses everything until the
 * node is back, though the queue has another leader long since. So refusals that go on make the lane take another channel.
 */
export class PublishingLane {
  private readonly options: PublishingLaneOptions;
  private readonly gate: FlowGate;
  private readonly pending = new Map<string, Pending>();
  private model: ChannelModel | null = null;
  private current: OpenChannel | null = null;
  private opening: Promise<void> = Promise.resolve();
  private sequence = 0;
  private confirmedAt = 0;
  private failures = 0;
  private nextTryAt = 0;
  private renewals = 0;
  /** When another channel is taken, unless a message is taken before; `null` while nothing is refused. */
  private renewAt: number | null = null;
  private renewing: Promise<void> | null = null;
  /** Whoever waits until everything written is answered. */
  private onAnswered: () => void = () => undefined;

  constructor(options: PublishingLaneOptions) {
    this.options = options;
    this.gate = new FlowGate(options.maxInFlight, options.maxWaiting);
    this.gate.pause();
  }

  get queue(): string {
    return this.options.queue;
  }

  get inFlight(): number {
    return this.gate.inFlight;
  }

  /** Whether the broker leaves the queue's messages unconfirmed, as far as is known. */
  get silent(): boolean {
    return this.failures > 0;
  }

  /** Opens its channel on this connection; what waits in line goes first. */
  attach(model: ChannelModel): Promise<void> {
    this.model = model;
    this.opening = this.open(model);
    return this.opening;
  }

  /** Resolves on the confirm. @throws what {@link BusPublisher.publish} throws */
  async carry(message: RawMessage): Promise<void> {
    const startedAt = performance.now();
    if (this.silent && startedAt < this.nextTryAt) throw new BusUnavailableError('silent', false);
    if (this.silent) this.postpone(startedAt);
    const { timeoutMs } = this.options;
    if (!this.gate.tryEnter()) await this.gate.enter(timeoutMs);
    await this.send(message, Math.max(1, timeoutMs - (performance.now() - startedAt)));
  }

  /** Sends everyone away who has not been written yet. */
  refuseWaiting(reason: Error): void {
    this.gate.refuseAll(reason);
  }

  /** Gives everything up; what was written and not answered may have arrived. */
  abandon(): void {
    this.gate.refuseAll(new BusUnavailableError('closed', false));
    for (const { finish } of [...this.pending.values()]) finish(new BusUnavailableError('closed', true));
  }

  /** Takes no more; what waits for the channel to open still goes. Resolves when everything written is answered. */
  async close(): Promise<void> {
    await this.opening.catch(() => undefined);
    await this.renewing;
    this.gate.refuseAll(new BusUnavailableError('closed', false));
    if (this.gate.inFlight > 0) await new Promise<void>((resolve) => { this.onAnswered = resolve; });
  }

  private async open(model: ChannelModel): Promise<void> {
    const channel = await model.createConfirmChannel();
    // Another connection has come meanwhile, and has its own.
    if (this.model !== model) return leave({ channel, unanswered: 0 });
    channel.on('error', (error: Error) => this.options.logger.error({ queue: this.queue, reason: error.message }, 'publishing channel failed'));
    channel.on('close', () => this.lose(channel));
    channel.on('return', (message: Message) => this.markReturned(message));
    channel.on('drain', () => this.gate.resume());
    this.current = { channel, unanswered: 0 };
    this.renewAt = null;
    // Whether it answers now only the next message can tell, and there may be none for long.
    this.nextTryAt = 0;
    noteSilence(this.queue, 'publishing', false);
    this.gate.resume();
  }

  /** Takes another channel of the same connection. What was written to the old one is still answered there. */
  private async renew(): Promise<void> {
    const { current: old, model } = this;
    if (old === null || model === null) return;
    try {
      await this.open(model);
    } catch (cause) {
      // A connection that is lost meanwhile brings a new channel by itself.
      this.options.logger.debug({ queue: this.queue, reason: String(cause) }, 'no other channel');
      return;
    }
    this.options.logger.warn({ event: 'queue-refuses', queue: this.queue }, 'RabbitMQ refuses all that is published to this queue; it is tried over another channel');
    if (old.unanswered === 0) leave(old);
  }

  /** Unconfirmed publishes are refused by the client library's own callbacks; those still in line are refused here. */
  private lose(channel: ConfirmChannel): void {
    if (this.current?.channel !== channel) return;
    this.current = null;
    this.gate.pause();
    this.gate.refuseAll(new BusUnavailableError('connection-lost', false));
    this.options.onLost();
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
      const timer = setTimeout(() => this.giveUp(id), timeoutMs);
      const finish = (error?: Error): void => {
        clearTimeout(timer);
        this.pending.delete(id);
        if (error) reject(error);
        else resolve();
      };
      this.pending.set(id, { message, finish, writtenAt: performance.now(), returned: false });
      this.write(id, message);
    });
  }

  private write(id: string, message: RawMessage): void {
    const properties = { ...message.properties, correlationId: id, persistent: true, mandatory: true, timestamp: Math.floor(Date.now() / 1000) };
    try {
      const { current } = this;
      if (!current) throw new IllegalOperationError('no channel');
      const flowing = current.channel.publish(message.exchange, message.routingKey, message.content, properties, (error: Error | null) => this.confirm(id, current, error));
      current.unanswered += 1;
      if (!flowing) this.gate.pause();
    } catch (cause) {
      // The client refuses before it writes anything: no channel, or headers that cannot be encoded.
      this.gate.leave();
      const lost = cause instanceof IllegalOperationError;
      this.pending.get(id)?.finish(lost ? new BusUnavailableError('connection-lost', false, { cause }) : (cause as Error));
    }
  }

  /** Nothing confirmed since it was written: then the queue is silent, and not only slow. */
  private giveUp(id: string): void {
    const pending = this.pending.get(id);
    if (!pending) return;
    if (this.confirmedAt < pending.writtenAt) this.fallSilent();
    pending.finish(new BusUnavailableError('timeout', true));
  }

  private fallSilent(): void {
    noteSilence(this.queue, 'publishing', true);
    if (this.silent) return;
    this.postpone(performance.now());
    this.options.logger.error({ event: 'queue-silent', queue: this.queue }, 'RabbitMQ does not confirm what is published to this queue; it is tried now and then');
  }

  private postpone(now: number): void {
    this.failures += 1;
    this.nextTryAt = now + backOffMs(this.failures, NEXT_TRY_MS, LONGEST_TRY_MS);
  }

  private confirm(id: string, on: OpenChannel, error: Error | null): void {
    this.gate.leave();
    on.unanswered -= 1;
    if (!error || isNack(error)) this.hear();
    // What an old channel says is no news of this one.
    if (on === this.current) this.noteAnswer(error);
    else if (on.unanswered === 0) leave(on);
    if (this.gate.inFlight === 0) this.onAnswered();
    const pending = this.pending.get(id);
    if (pending) pending.finish(failureOf(pending, error));
  }

  private noteAnswer(error: Error | null): void {
    if (isNack(error)) this.noteRefusal(performance.now());
    if (error) return;
    this.renewals = 0;
    this.renewAt = null;
  }

  private noteRefusal(now: number): void {
    if (this.renewing) return;
    this.renewAt ??= now + Math.min(LONGEST_RENEW_MS, RENEW_AFTER_MS * 2 ** this.renewals);
    if (now < this.renewAt) return;
    this.renewals += 1;
    this.renewing = this.renew().finally(() => { this.renewing = null; });
  }

  private hear(): void {
    this.confirmedAt = performance.now();
    if (!this.silent) return;
    this.failures = 0;
    noteSilence(this.queue, 'publishing', false);
    this.options.logger.info({ event: 'queue-answers', queue: this.queue }, 'RabbitMQ confirms again what is published to this queue');
  }
}

/** Nothing is expected over it any more. One that is gone already cannot be closed, and need not be. */
function leave({ channel }: OpenChannel): void {
  try {
    channel.close().catch(() => undefined);
  } catch {
    // The connection took it along.
  }
}

function isNack(error: Error | null): boolean {
  return error?.message === 'message nacked';
}

/** What the broker's answer means for who published; nothing when it took the message. */
function failureOf({ message: { exchange, routingKey }, returned }: Pending, error: Error | null): Error | undefined {
  if (isNack(error)) return new BusRejectedError(exchange, routingKey);
  if (error) return new BusUnavailableError('connection-lost', true, { cause: error });
  return returned ? new UnroutableError(exchange, routingKey) : undefined;
}
