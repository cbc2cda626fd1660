import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Lets everything be handled side by side, but a suspect quite alone: so that when the process dies, only the suspect can be to blame.
 * Nobody waits for ever: what is in hand longer than `patienceMs` has not killed the process by then, and is passed by.
 */
export class Quarantine {
  private readonly patienceMs: number;
  private readonly inHand = new Set<Promise<unknown>>();
  /** The line of suspects: one at a time. */
  private line: Promise<void> = Promise.resolve();
  /** Shut from when a suspect's turn has come until it is through. */
  private shut: Promise<void> | null = null;

  constructor(patienceMs: number) {
    this.patienceMs = patienceMs;
  }

  /** Work beside all other work, as soon as no suspect is being handled. */
  async among<T>(work: () => Promise<T>): Promise<T> {
    while (this.shut) await this.shut;
    const task = work();
    this.inHand.add(task);
    try {
      return await task;
    } finally {
      this.inHand.delete(task);
    }
  }

  /** Work that starts when nothing else is in hand, and lets nothing else start beside it; for `patienceMs` at most each way. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.line;
    const through = Promise.withResolvers<void>();
    this.line = through.promise;
    await turn;
    // Between two suspects the others go on: a long line of suspects must not starve them.
    await nextTurn();
    this.shut = through.promise;
    await this.atMost(Promise.allSettled(this.inHand));
    const task = work();
    void this.atMost(task).finally(() => {
      this.shut = null;
      through.resolve();
    });
    return task;
  }

  /** Resolves when the work has ended either way, or patience has. */
  private async atMost(work: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => { timer = setTimeout(resolve, this.patienceMs); });
    await Promise.race([work.catch(() => undefined), patience]);
    clearTimeout(timer);
  }
}
