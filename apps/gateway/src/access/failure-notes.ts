const PERIOD_MS = 60_000;
const NOTED_A_PERIOD = 10;

/** Failed logins are recorded at a bounded rate: whoever guesses must not fill the chain of evidence. What was left out is counted. */
export class FailureNotes {
  #began = -Infinity;
  #noted = 0;
  #leftOut = 0;

  /** Whether to record this failure now; if so, how many were left out since the last record. `now` is milliseconds of a clock that never goes back. */
  note(now: number): { record: boolean; leftOut: number } {
    if (now - this.#began >= PERIOD_MS) {
      this.#began = now;
      this.#noted = 0;
    }
    if (this.#noted >= NOTED_A_PERIOD) {
      this.#leftOut += 1;
      return { record: false, leftOut: 0 };
    }
    this.#noted += 1;
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return { record: true, leftOut };
  }
}
