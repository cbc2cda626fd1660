export interface BatchLoopOptions<T> {
  readonly batchSize: number;
  /** How long the first message waits for company, in milliseconds. */
  readonly lingerMs: number;
  /** How many batches may be in hand at once; 1 keeps the order. */
  readonly concurrency: number;
  /** How many of the waiting items make the next batch. */
  readonly lengthOf: (waiting: readonly T[], maximum: number) => number;
  /** Must not reject. */
  readonly work: (batch: T[]) => Promise<void>;
}

/** A batch of so many says that much is coming. */
const BUSY_FROM = 5;
const LINGERS_WHEN_BUSY = 4;

/**
 * Gathers items into batches and works on `concurrency` of them at a time. While all hands are full the next batch gathers. It starts at
 * once, for its items have waited long enough; but when the batch before it was no small one, more is coming quickly, and a few lingers more make
 * one large batch of what would be several: what a batch costs by itself is then shared by many. What may wait here is bounded by the
 * queue's prefetch.
 */
export class BatchLoop<T> {
  private readonly options: BatchLoopOptions<T>;
  private waiting: T[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly inHand = new Set<Promise<void>>();
  private stopped = false;

  constructor(options: BatchLoopOptions<T>) {
    this.options = options;
  }

  push(item: T): void {
    if (this.stopped) return;
    this.waiting.push(item);
    if (this.inHand.size >= this.options.concurrency) return;
    if (this.waiting.length >= this.options.batchSize) this.start();
    else this.timer ??= setTimeout(() => this.start(), this.options.lingerMs);
  }

  /** Forgets what waits, and says what it was: its connection is gone, or it goes back to the broker. */
  clear(): T[] {
    this.cancelTimer();
    return this.waiting.splice(0);
  }

  /** Starts no further batch; resolves when those in hand are finished. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.clear();
    await Promise.all(this.inHand);
  }

  private start(): void {
    this.cancelTimer();
    const { lengthOf, batchSize, work } = this.options;
    const batch = this.waiting.splice(0, lengthOf(this.waiting, batchSize));
    if (batch.length === 0) return;
    const task = work(batch).finally(() => {
      this.inHand.delete(task);
      this.goOn(batch.length);
    });
    this.inHand.add(task);
  }

  private goOn(finished: number): void {
    const { length } = this.waiting;
    if (length === 0 || this.stopped) return;
    if (finished < BUSY_FROM || length >= this.options.batchSize) this.start();
    else this.timer ??= setTimeout(() => this.start(), this.options.lingerMs * LINGERS_WHEN_BUSY);
  }

  private cancelTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
