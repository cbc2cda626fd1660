const WINDOW_S = 5;
const MOST_PROBLEMS = 20;

/** How many per second over the last five seconds, from a counter that only grows. */
export class Rate {
  readonly #read: () => number;
  readonly #samples: number[] = [];

  constructor(read: () => number) {
    this.#read = read;
  }

  /** Called once a second. */
  sample(): void {
    this.#samples.push(this.#read());
    if (this.#samples.length > WINDOW_S + 1) this.#samples.shift();
  }

  get perSecond(): number {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || this.#samples.length < 2) return 0;
    return Math.max(0, Math.round(((last - first) / (this.#samples.length - 1)) * 10) / 10);
  }
}

export interface Problem { readonly at: number; readonly projectNo: string | null; readonly what: string }

/** The last few things that went wrong, for the live view. */
export class Problems {
  #list: Problem[] = [];

  add(projectNo: string | null, what: string): void {
    this.#list = [...this.#list, { at: Date.now(), projectNo, what }].slice(-MOST_PROBLEMS);
  }

  get list(): readonly Problem[] {
    return this.#list;
  }

  clear(): void {
    this.#list = [];
  }
}

export type EndKind = 'completed' | 'rejected' | 'returned' | 'withdrawn' | 'voided' | 'failed';

const KIND_OF: Readonly<Record<string, EndKind>> = {
  APPROVED: 'completed', REJECTED: 'rejected', RETURNED: 'returned', NOT_ACCEPTED: 'returned', SUPPLEMENT_TIMEOUT: 'returned',
  WITHDRAWN: 'withdrawn', VOIDED: 'voided', DELETED: 'voided',
};

/** Cases started and ended, in all and by hall; open ones are counted by who holds them. */
export class CaseTally {
  #started = 0;
  #ends: Record<EndKind, number> = { completed: 0, rejected: 0, returned: 0, withdrawn: 0, voided: 0, failed: 0 };
  #endedByHall = new Map<string, number>();

  start(): void {
    this.#started += 1;
  }

  end(hall: string, result: string): void {
    this.#ends[KIND_OF[result] ?? 'failed'] += 1;
    this.#endedByHall.set(hall, (this.#endedByHall.get(hall) ?? 0) + 1);
  }

  endedAt(hall: string): number {
    return this.#endedByHall.get(hall) ?? 0;
  }

  counts(open: number): Record<string, number> {
    return { started: this.#started, open, ended: this.#started - open, ...this.#ends };
  }

  clear(): void {
    this.#started = 0;
    this.#ends = { completed: 0, rejected: 0, returned: 0, withdrawn: 0, voided: 0, failed: 0 };
    this.#endedByHall = new Map();
  }
}
