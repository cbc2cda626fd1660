import type { AnswerLine } from '../record/record-lines.ts';
import type { Parcel, Sender } from './sender.ts';

interface Waiting {
  readonly parcel: Parcel;
  readonly answered: PromiseWithResolvers<AnswerLine>;
}

const LINGER_MS = 10;

/** Puts parcels for one target together, up to `size` or until the linger is over. Size 1 sends each alone. */
export class Batcher {
  size = 1;
  readonly #sender: Sender;
  readonly #open = new Map<string, Waiting[]>();

  constructor(sender: Sender) {
    this.#sender = sender;
  }

  async send(parcel: Parcel): Promise<AnswerLine> {
    if (this.size <= 1) return (await this.#sender.send([parcel]))[0] as AnswerLine;
    const answered = Promise.withResolvers<AnswerLine>();
    const batch = this.#open.get(parcel.target) ?? this.#start(parcel.target);
    batch.push({ parcel, answered });
    if (batch.length >= this.size) this.#flush(parcel.target, batch);
    return answered.promise;
  }

  #start(target: string): Waiting[] {
    const batch: Waiting[] = [];
    this.#open.set(target, batch);
    setTimeout(() => this.#flush(target, batch), LINGER_MS);
    return batch;
  }

  #flush(target: string, batch: Waiting[]): void {
    if (this.#open.get(target) !== batch) return;
    this.#open.delete(target);
    this.#sender.send(batch.map((one) => one.parcel)).then(
      (answers) => batch.forEach((one, at) => one.answered.resolve(answers[at] as AnswerLine)),
      (error: unknown) => batch.forEach((one) => one.answered.reject(error)),
    );
  }
}
