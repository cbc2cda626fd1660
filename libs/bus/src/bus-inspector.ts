import type { Channel } from 'amqplib';
import { BusUnavailableError } from './bus-errors.ts';
import type { BusConnection } from './connection.ts';

/** What the broker says of one queue. */
export interface QueueState {
  readonly name: string;
  /** Ready to be handed out; what consumers hold already is not counted. */
  readonly messages: number;
  /**
   * A consumer that was cancelled counts until it has settled all it holds. Where the queue's leader does not answer the broker soon
   * enough, both figures are 0: one look alone proves nothing.
   */
  readonly consumers: number;
}

export interface BusInspectorOptions {
  /** Best the consuming one: the broker stops reading from a publisher when it runs out of memory or disk, and then answers nothing there. */
  readonly connection: BusConnection;
  /** For one whole inspection. */
  readonly timeoutMs?: number;
}

const NOT_FOUND = 404;

/** Asks the broker itself how many messages wait and who consumes them: its view, not what this program believes. */
export class BusInspector {
  private readonly connection: BusConnection;
  private readonly timeoutMs: number;

  constructor({ connection, timeoutMs = 3_000 }: BusInspectorOptions) {
    this.connection = connection;
    this.timeoutMs = timeoutMs;
  }

  /**
   * One answer for each name, in this order; `null` for a queue that does not exist.
   *
   * @throws BusUnavailableError when there is no connection, it is lost meanwhile, or the broker does not answer in time
   */
  async inspect(names: readonly string[]): Promise<(QueueState | null)[]> {
    const inspection = new Inspection(this.connection);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new BusUnavailableError('timeout', false)), this.timeoutMs);
    });
    try {
      return await Promise.race([inspection.run(names), patience]);
    } finally {
      clearTimeout(timer);
      inspection.end();
    }
  }
}

/** One round of questions on a channel of its own, for a queue that does not exist makes the broker close the channel it is asked on. */
class Inspection {
  private readonly connection: BusConnection;
  private channel: Channel | null = null;
  private ended = false;

  constructor(connection: BusConnection) {
    this.connection = connection;
  }

  async run(names: readonly string[]): Promise<(QueueState | null)[]> {
    const states: (QueueState | null)[] = [];
    for (const name of names) states.push(await this.stateOf(name));
    return states;
  }

  end(): void {
    this.ended = true;
    this.channel?.close().catch(() => undefined);
    this.channel = null;
  }

  private async stateOf(name: string): Promise<QueueState | null> {
    const channel = this.channel ??= await this.open();
    try {
      const { messageCount, consumerCount } = await channel.checkQueue(name);
      return { name, messages: messageCount, consumers: consumerCount };
    } catch (error) {
      this.channel = null;
      if ((error as { code?: unknown }).code === NOT_FOUND) return null;
      throw new BusUnavailableError('connection-lost', false, { cause: error });
    }
  }

  /** The rejected question says what happened; without a listener the event would end the process. */
  private async open(): Promise<Channel> {
    const channel = await this.connection.openChannel();
    channel.on('error', () => undefined);
    if (this.ended) channel.close().catch(() => undefined);
    return channel;
  }
}
