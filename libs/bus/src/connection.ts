import { connect, type Channel, type ChannelModel } from 'amqplib';
import type { Logger } from '#runtime';
import { backOffMs } from './back-off.ts';
import { BusUnavailableError, TopologyError } from './bus-errors.ts';
import { checkUrls, connectUrl, describeBroker, isRefusedForGood } from './broker-url.ts';
import { hangUp } from './hang-up.ts';
import { within } from './within.ts';

export interface BusConnectionOptions {
  /** One or more nodes of the same cluster, tried in turn: `amqp://user:password@host:port/vhost`. */
  readonly urls: readonly string[];
  /** Shown in RabbitMQ's list of connections. */
  readonly name: string;
  readonly heartbeatSeconds?: number;
  readonly connectTimeoutMs?: number;
  /** How long a fresh connection may take until its queues are declared and consumed. A broker whose queues have no leader answers nothing, and goes on beating. */
  readonly setupTimeoutMs?: number;
  /** How long the first connection may fail before `open` gives up, once every URL was tried. Once connected, it is tried again for ever. */
  readonly startPatienceMs?: number;
  /** A broker that is away after `startPatienceMs` is no error then: `open` resolves, and connecting goes on. One that says no still is. */
  readonly startWithoutBroker?: boolean;
  readonly logger: Logger;
}

export type ConnectionState = 'new' | 'connecting' | 'open' | 'blocked' | 'lost' | 'closed';

const NEXT_HOST_MS = 50;

/** Prepares channels on a fresh connection; runs at every (re)connect, in the order of registration. */
export type ConnectionSetup = (model: ChannelModel) => Promise<void>;

/** One AMQP connection that comes back by itself. Publishing and consuming use one each, so that a blocked publisher never stops acks. */
export class BusConnection {
  readonly name: string;
  private readonly options: Required<BusConnectionOptions>;
  private readonly setups: ConnectionSetup[] = [];
  private model: ChannelModel | null = null;
  private current: ConnectionState = 'new';
  private opening: Promise<void> | null = null;
  private failures = 0;
  private nextUrl = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly hopelessness = Promise.withResolvers<Error>();

  constructor(options: BusConnectionOptions) {
    checkUrls(options.urls);
    const { heartbeatSeconds = 10, connectTimeoutMs = 5_000, setupTimeoutMs = 15_000, startPatienceMs = 5_000, startWithoutBroker = false } = options;
    this.options = { ...options, heartbeatSeconds, connectTimeoutMs, setupTimeoutMs, startPatienceMs, startWithoutBroker };
    this.name = options.name;
  }

  get state(): ConnectionState {
    return this.current;
  }

  /** Registers what every fresh connection needs. Call it before `open`. */
  onConnect(setup: ConnectionSetup): void {
    if (this.opening) throw new Error('onConnect must be called before open');
    this.setups.push(setup);
  }

  /**
   * Connects for the first time. @throws the last error when the broker says no, and when it stays away longer than `startPatienceMs`, unless
   * the program may start without it
   */
  open(): Promise<void> {
    this.opening ??= this.options.startWithoutBroker ? this.openOrGoOn() : this.openFirst();
    return this.opening;
  }

  /** Resolves with a TopologyError when one is found after `open`: no later try can end otherwise, and none is made. Else it never does. */
  get hopeless(): Promise<Error> {
    return this.hopelessness.promise;
  }

  /** A channel of the caller's own, gone with the connection. @throws BusUnavailableError when there is no connection, or it is lost meanwhile */
  async openChannel(): Promise<Channel> {
    if (!this.model) throw new BusUnavailableError('not-connected', false);
    return this.model.createChannel().catch((cause: unknown) => { throw new BusUnavailableError('connection-lost', false, { cause }); });
  }

  /** Another connection to one of the same hosts, for a question that may end it: the caller closes it. It is not made again when it is lost. */
  connectApart(purpose: string): Promise<ChannelModel> {
    const { urls, name } = this.options;
    return this.dial(urls[this.nextUrl++ % urls.length] ?? '', `${name}, ${purpose}`);
  }

  /** Gives this connection up and makes another one: the answer to a channel that broke. */
  restart(reason: string): void {
    const { model } = this;
    if (!model || this.current === 'closed') return;
    this.lose(model, new Error(reason));
    // RabbitMQ says no goodbye while a channel of it hangs before a silent queue, and what is in flight would keep its places.
    void hangUp(model);
  }

  async close(): Promise<void> {
    this.current = 'closed';
    clearTimeout(this.timer);
    const { model } = this;
    this.model = null;
    if (model) await hangUp(model);
  }

  private async openFirst(): Promise<void> {
    const deadline = Date.now() + this.options.startPatienceMs;
    this.current = 'connecting';
    for (;;) {
      try {
        return await this.connectNow();
      } catch (error) {
        const waitMs = this.waitAfterFailure(100, 1_000);
        const patient = this.failures < this.options.urls.length || Date.now() + waitMs <= deadline;
        if (this.isClosed() || isFinal(error) || !patient) throw error;
        await new Promise((resolve) => { setTimeout(resolve, waitMs); });
      }
    }
  }

  /** Whoever starts waits for the broker only so long, however many hosts hang. What the broker says later is as after a lost connection. */
  private async openOrGoOn(): Promise<void> {
    let awaited = true;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => { timer = setTimeout(resolve, this.options.startPatienceMs); });
    const first = this.openFirst().catch((error: unknown) => {
      if (awaited && isFinal(error)) throw error;
      this.goOn(error);
    });
    await Promise.race([first, patience]);
    awaited = false;
    clearTimeout(timer);
  }

  private async connectNow(): Promise<void> {
    const { urls, name, logger } = this.options;
    const url = urls[this.nextUrl++ % urls.length] ?? '';
    const model = await this.dial(url, name);
    model.on('close', (error) => this.lose(model, error ?? new Error('connection closed')));
    this.model = model;
    try {
      await within(this.options.setupTimeoutMs, this.prepare(model), 'the connection is not ready: RabbitMQ does not answer for a queue');
      this.settle(model);
    } catch (error) {
      this.model = null;
      await hangUp(model);
      throw error;
    }
    logger.info({ connection: name, broker: describeBroker(url) }, 'RabbitMQ connected');
  }

  private async dial(url: string, name: string): Promise<ChannelModel> {
    const { heartbeatSeconds, connectTimeoutMs, logger } = this.options;
    const model = await connect(connectUrl(url, heartbeatSeconds), {
      noDelay: true, keepAlive: true, timeout: connectTimeoutMs, clientProperties: { connection_name: name },
    }).catch((error: unknown) => { throw namedAfter(url, error); });
    // Without a listener an 'error' would end the process; the 'close' that follows says the same.
    model.on('error', (error) => logger.warn({ connection: name, reason: error.message }, 'RabbitMQ connection error'));
    return model;
  }

  private async prepare(model: ChannelModel): Promise<void> {
    for (const setup of this.setups) await setup(model);
  }

  /** The connection is ready, unless it was lost or closed while it was prepared. */
  private settle(model: ChannelModel): void {
    if (this.model !== model || this.isClosed()) throw new Error('connection lost while it was being prepared');
    this.failures = 0;
    this.current = 'open';
    model.on('blocked', () => { if (this.model === model) this.current = 'blocked'; });
    model.on('unblocked', () => { if (this.model === model) this.current = 'open'; });
  }

  private lose(model: ChannelModel, reason: Error): void {
    if (this.model !== model) return;
    this.model = null;
    const wasReady = this.current === 'open' || this.current === 'blocked';
    if (!wasReady) return;
    this.current = 'lost';
    this.options.logger.warn({ connection: this.name, reason: reason.message }, 'RabbitMQ connection lost, connecting again');
    this.schedule();
  }

  private schedule(): void {
    if (this.isClosed()) return;
    const waitMs = this.waitAfterFailure(50, 10_000);
    this.timer = setTimeout(() => {
      this.connectNow().catch((error: unknown) => this.goOn(error));
    }, waitMs);
  }

  private goOn(error: unknown): void {
    if (this.isClosed()) return;
    if (error instanceof TopologyError) return this.hopelessness.resolve(error);
    this.current = 'lost';
    this.options.logger.warn({ connection: this.name, reason: (error as Error).message, failures: this.failures }, 'RabbitMQ is still away');
    this.schedule();
  }

  /** Counts the failure. The wait grows from round to round through the hosts: within one, the next host is asked nearly at once, for it may live. */
  private waitAfterFailure(baseMs: number, maxMs: number): number {
    const hosts = this.options.urls.length;
    this.failures++;
    return this.failures % hosts === 0 ? backOffMs(this.failures / hosts, baseMs, maxMs) : backOffMs(1, Math.min(baseMs, NEXT_HOST_MS), maxMs);
  }

  private isClosed(): boolean {
    return this.current === 'closed';
  }
}

/** Whether waiting for the broker cannot help: it is there, and says no. */
function isFinal(error: unknown): boolean {
  return isRefusedForGood(error) || error instanceof TopologyError;
}

function namedAfter(url: string, error: unknown): Error {
  const cause = error as Error & { code?: string };
  return Object.assign(new Error(`RabbitMQ at ${describeBroker(url)}: ${cause.message}`, { cause }), { code: cause.code });
}
