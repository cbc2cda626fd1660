/** Keyed token buckets in this process's memory: each key may spend `perSecond` tokens a second, and `burst` at once. */
export class TokenBuckets {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  readonly #perSecond: number;
  readonly #burst: number;

  constructor(options: { perSecond: number; burst: number }) {
    this.#perSecond = options.perSecond;
    this.#burst = options.burst;
  }

  /**
   * Takes `cost` tokens, or none: returns 0 when they were there, else the milliseconds until they would be.
   * Keys must come from a closed set (proven parties): a bucket is never thrown away.
   */
  take(key: string, cost: number, now: number = Date.now()): number {
    const bucket = this.#buckets.get(key) ?? { tokens: this.#burst, at: now };
    this.#buckets.set(key, bucket);
    bucket.tokens = Math.min(this.#burst, bucket.tokens + Math.max(0, now - bucket.at) / 1000 * this.#perSecond);
    bucket.at = now;
    if (bucket.tokens >= cost) {
      bucket.tokens -= cost;
      return 0;
    }
    // A cost above the burst can never be met; the wait then tells when the bucket is full.
    return Math.ceil((Math.min(cost, this.#burst) - bucket.tokens) / this.#perSecond * 1000) || 1;
  }
}
