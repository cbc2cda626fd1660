/**
 * Nonces seen in the last one to two windows. Two sets take turns, so forgetting costs nothing; a set that is full
 * is turned early, which bounds the memory at the price of a shorter look back under heavy load.
 */
export class NonceMemory {
  readonly #windowMs: number;
  readonly #most: number;
  #young = new Set<string>();
  #old = new Set<string>();
  #turnedAt = 0;

  constructor(windowMs = 600_000, most = 100_000) {
    this.#windowMs = windowMs;
    this.#most = most;
  }

  /** `true` the first time a nonce is shown, `false` when it is a replay. */
  take(nonce: string, now: number): boolean {
    if (now - this.#turnedAt > this.#windowMs || this.#young.size >= this.#most) {
      this.#old = this.#young;
      this.#young = new Set();
      this.#turnedAt = now;
    }
    if (this.#young.has(nonce) || this.#old.has(nonce)) return false;
    this.#young.add(nonce);
    return true;
  }
}
