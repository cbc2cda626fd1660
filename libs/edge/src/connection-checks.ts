import type { ConnectionCheck, ConnectionTest, Destination } from '#contracts';
import { checkConnection } from './check-connection.ts';
import type { Endpoints } from './endpoints.ts';

const FIRST_MS = 30_000;
const EVERY_MS = 6 * 3_600_000;
/** Questions that wait for their turn, at most: the gateway asks seldom, and asks again. */
const MOST_WAITING = 20;

/**
 * What this adapter knows of the ways to its endpoints: it looks a while after its start and every few hours, so that a certificate's end is known long before,
 * and at once when the gateway asks. One look at a time.
 */
export class ConnectionChecks {
  readonly #endpoints: Endpoints;
  readonly #onChange: () => void;
  readonly #latest = new Map<Destination, ConnectionCheck>();
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(endpoints: Endpoints, onChange: () => void) {
    this.#endpoints = endpoints;
    this.#onChange = onChange;
  }

  start(): void {
    this.#timer = setTimeout(() => { this.#lookAround(); }, FIRST_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  latest(): ConnectionCheck[] {
    return [...this.#latest.values()];
  }

  /** Tests a way because somebody asks; the answer is part of the next report. Returns at once. */
  test({ testId, destination }: ConnectionTest): void {
    this.#add(() => this.#check(destination, testId));
  }

  #lookAround(): void {
    for (const destination of this.#endpoints.keys()) this.#add(() => this.#check(destination, null));
    this.#timer = setTimeout(() => { this.#lookAround(); }, EVERY_MS);
  }

  #add(check: () => Promise<void>): void {
    if (this.#stopped || this.#waiting >= Math.max(MOST_WAITING, this.#endpoints.size)) return;
    this.#waiting += 1;
    this.#work = this.#work.then(check).finally(() => { this.#waiting -= 1; });
  }

  async #check(destination: Destination, testId: string | null): Promise<void> {
    if (this.#stopped) return;
    const endpoint = this.#endpoints.get(destination);
    const at = new Date().toISOString();
    const found = endpoint === undefined
      ? { ok: false, step: 'address' as const, code: 'endpoint-unknown', detailZh: '没有为该目的地配置地址', latencyMs: 0, httpStatus: null, certificateNotAfter: null }
      : await checkConnection(endpoint, testId !== null);
    // Whoever does not get as far as its certificate still knows the one that was seen last.
    const certificateNotAfter = found.certificateNotAfter ?? (found.ok ? null : this.#latest.get(destination)?.certificateNotAfter ?? null);
    this.#latest.set(destination, { destination, testId, at, ...found, certificateNotAfter });
    this.#onChange();
  }
}
