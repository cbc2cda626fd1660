const STEP = Math.log(1.02);
const BUCKETS = 1200;

/** Percentiles of many durations in constant memory, each exact to 2 %. */
export class LatencyHistogram {
  readonly #buckets = new Uint32Array(BUCKETS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Milliseconds; a negative one (two clocks, or an effect that overtook the answer) counts as nothing. */
  add(ms: number): void {
    const bucket = ms <= 0.01 ? 0 : Math.min(BUCKETS - 1, 1 + Math.floor(Math.log(ms / 0.01) / STEP));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count += 1;
  }

  /** Milliseconds, rounded to tenths; `null` while nothing was added. */
  percentile(share: number): number | null {
    if (this.#count === 0) return null;
    let left = Math.ceil(this.#count * share);
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      left -= this.#buckets[bucket] ?? 0;
      if (left <= 0) return bucket === 0 ? 0 : Math.round(0.01 * Math.exp((bucket - 0.5) * STEP) * 10) / 10;
    }
    return null;
  }
}
