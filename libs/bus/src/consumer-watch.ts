import type { Logger } from '#runtime';
import { BusInspector, type QueueState } from './bus-inspector.ts';
import type { BusConnection } from './connection.ts';

/** A queue of this program, as this program sees it. */
export interface WatchedQueue {
  readonly name: string;
  /** Whether a consumer of this process should be there. */
  readonly consuming: boolean;
}

export interface ConsumerWatchOptions {
  readonly connection: BusConnection;
  readonly queues: () => readonly WatchedQueue[];
  readonly everyMs: number;
  readonly logger: Logger;
}

/**
 * Which queues the broker does not have, or in which messages wait for nobody although this program believes it consumes. An empty queue
 * is no proof: of a queue whose leader does not answer soon enough, the broker says that it has neither messages nor consumers.
 */
export function forsaken(queues: readonly WatchedQueue[], states: readonly (QueueState | null)[]): string[] {
  return queues.filter(({ consuming }, index) => {
    const state = states[index] ?? null;
    return state === null || (consuming && state.consumers === 0 && state.messages > 0);
  }).map(({ name }) => name);
}

/**
 * Asks the broker now and then whether it still knows the consumers of this program. A consumer can be gone without a word while its
 * connection stands; the program would wait for ever for messages that nobody hands to it. Seen twice in a row, it connects anew.
 */
export class ConsumerWatch {
  private readonly options: ConsumerWatchOptions;
  private readonly inspector: BusInspector;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private suspected: readonly string[] = [];

  constructor(options: ConsumerWatchOptions) {
    this.options = options;
    this.inspector = new BusInspector({ connection: options.connection });
  }

  start(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      void this.look().catch(() => { this.suspected = []; }).then(() => this.start());
    }, this.options.everyMs);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    const { connection, queues, logger } = this.options;
    const watched = queues();
    const gone = forsaken(watched, await this.inspector.inspect(watched.map(({ name }) => name)));
    const certain = gone.filter((name) => this.suspected.includes(name));
    this.suspected = certain.length > 0 ? [] : gone;
    if (certain.length === 0 || this.stopped) return;
    logger.error({ queues: certain }, 'the broker has no consumer, or no queue, where this program consumes; connecting anew');
    connection.restart(`no consumer on ${certain.join(', ')}`);
  }
}
