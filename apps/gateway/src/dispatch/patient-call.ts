/**
 * Calls a server that may not answer. A call is given up after its time; while one that was given up is still unanswered no other is
 * made, for the client would keep them all in memory.
 */
export class PatientCall {
  private readonly ms: number;
  private unanswered: Promise<unknown> | null = null;

  constructor(ms: number) {
    this.ms = ms;
  }

  /** @throws what the call throws, or an error that says that no answer came in time, or has not come to an earlier call */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.unanswered !== null) throw new Error('an earlier call has not been answered');
    const work = call();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        this.unanswered = work.then(() => undefined, () => undefined).then(() => { this.unanswered = null; });
        reject(new Error(`no answer within ${this.ms} ms`));
      }, this.ms);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
