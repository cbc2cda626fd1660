export interface BatchLoopOptions<T> {
  readonly batchSize: number;
  /** How long the first message waits for company, in milliseconds. */
  readonly lingerMs: number;
  /** How many of the waiting items make the next batch. */
  readonly lengthOf: (waiting: readonly T[], maximum: number) => number;
  /** Must not reject. */
  readonly work: (batch: T[]) => Promise<void>;
}

/**
 * Gathers items into batches and works on one batch at a time, so that order is kept. While a batch is in hand the next one gathers;
 * it starts at once, for its items have waited long enough. What may wait here is bounded by the queue's prefetch.
 */
export class BatchLoop<T> {
  private readonly options: BatchLoopOptions<T>;
  private waiting: T[] = [];
  private timer: NodeJS.Timeout | undefined;
  private inHand: Promise<void> | null = null;
  private stopped = false;

  constructor(options: BatchLoopOptions<T>) {
    this.options = options;
  }

  push(item: T): void {
    if (this.stopped) return;
    this.waiting.push(item);
    if (this.inHand) return;
    if (this.waiting.length >= this.options.batchSize) this.start();
    else this.timer ??= setTimeout(() => this.start(), this.options.lingerMs);
  }

  /** Forgets what waits: the connection it came over is gone, and the broker hands it out again. */
  clear(): void {
    this.waiting = [];
    this.cancelTimer();
  }

  /** Starts no further batch; resolves when the one in hand is finished. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.clear();
    await this.inHand;
  }

  private start(): void {
    this.cancelTimer();
    const { lengthOf, batchSize, work } = this.options;
    const batch = this.waiting.splice(0, lengthOf(this.waiting, batchSize));
    if (batch.length === 0) return;
    this.inHand = work(batch).finally(() => {
      this.inHand = null;
      if (this.waiting.length > 0 && !this.stopped) this.start();
    });
  }

  private cancelTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
