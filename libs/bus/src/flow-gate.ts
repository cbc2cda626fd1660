import { BusUnavailableError } from './bus-errors.ts';

interface Waiter {
  readonly enter: () => void;
  readonly refuse: (reason: Error) => void;
}

/**
 * Lets at most `maxInFlight` publishes be unconfirmed at once, and none while the socket is full; the others wait in line, at most
 * `maxWaiting` of them. So memory stays bounded however slow the broker is.
 */
export class FlowGate {
  private readonly maxInFlight: number;
  private readonly maxWaiting: number;
  private readonly line: Waiter[] = [];
  private count = 0;
  private paused = false;

  constructor(maxInFlight: number, maxWaiting: number) {
    this.maxInFlight = maxInFlight;
    this.maxWaiting = maxWaiting;
  }

  get inFlight(): number {
    return this.count;
  }

  get waiting(): number {
    return this.line.length;
  }

  /** Whether a publish may go at once; when true, it is counted as in flight. */
  tryEnter(): boolean {
    if (this.paused || this.count >= this.maxInFlight || this.line.length > 0) return false;
    this.count++;
    return true;
  }

  /** Waits for a place. @throws BusUnavailableError when too many wait, when `timeoutMs` passes, or when the gate is emptied. */
  enter(timeoutMs: number): Promise<void> {
    if (this.line.length >= this.maxWaiting) return Promise.reject(new BusUnavailableError('overloaded', false));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.line.splice(this.line.indexOf(waiter), 1);
        reject(new BusUnavailableError('timeout', false));
      }, timeoutMs);
      const waiter: Waiter = {
        enter: () => { clearTimeout(timer); this.count++; resolve(); },
        refuse: (reason) => { clearTimeout(timer); reject(reason); },
      };
      this.line.push(waiter);
    });
  }

  leave(): void {
    this.count--;
    this.admit();
  }

  /** The socket's buffer is full. */
  pause(): void {
    this.paused = true;
  }

  /** The socket's buffer drained. */
  resume(): void {
    this.paused = false;
    this.admit();
  }

  /** Sends everyone in the line away. */
  refuseAll(reason: Error): void {
    for (const waiter of this.line.splice(0)) waiter.refuse(reason);
  }

  private admit(): void {
    while (!this.paused && this.count < this.maxInFlight) {
      const next = this.line.shift();
      if (!next) return;
      next.enter();
    }
  }
}
