/** A key that was shown before: the digest of its body, and when it was on record. */
export interface Seen {
  readonly digest: string;
  readonly recorded: Promise<void>;
}

const RECORDED = Promise.resolve();

/** The idempotency keys of the last effects: between one and two times `most` of them, in two maps that take turns. */
export class SeenKeys {
  readonly #most: number;
  #young = new Map<string, Seen>();
  #old = new Map<string, Seen>();

  constructor(most = 100_000) {
    this.#most = most;
  }

  find(key: string): Seen | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  remember(key: string, digest: string, recorded: Promise<void> = RECORDED): void {
    if (this.#young.size >= this.#most) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, { digest, recorded });
  }

  /** The effect did not come about after all. */
  forget(key: string): void {
    this.#young.delete(key);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
