/** The deliveries of which nobody can say yet whether they will have had an effect: arrived whole, not yet answered. */
export class UnderWay {
  readonly #open = new Map<string, Set<Promise<unknown>>>();

  /** Does the work for a key, and counts it as under way until then. */
  async during<T>(key: string, work: () => Promise<T>): Promise<T> {
    const own = this.#open.get(key) ?? new Set();
    const task = work();
    this.#open.set(key, own.add(task));
    try {
      return await task;
    } finally {
      own.delete(task);
      if (own.size === 0) this.#open.delete(key);
    }
  }

  /** Resolves when nothing that had arrived under this key by now is under way any more. */
  async over(key: string): Promise<void> {
    await Promise.allSettled([...(this.#open.get(key) ?? new Set<Promise<unknown>>())]);
  }
}
