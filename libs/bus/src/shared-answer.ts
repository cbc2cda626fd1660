/** What the broker is told of a message: it is done; it goes back unseen; it goes back and that counts. In the order in which a later one outweighs an earlier one. */
const ANSWERS = ['ack', 'nack', 'reject'] as const;
export type Answered = (typeof ANSWERS)[number];

/**
 * The one answer to the broker for all parts of a bundle: given when the last part has its own. A part that goes back takes all of them along: the
 * others are known when they come again.
 */
export class SharedAnswer {
  private left: number;
  private worst = 0;

  constructor(parts: number) {
    this.left = parts;
  }

  /** The answer for the bundle, or `null` as long as a part has none. */
  give(answer: Answered): Answered | null {
    this.worst = Math.max(this.worst, ANSWERS.indexOf(answer));
    this.left -= 1;
    return this.left === 0 ? ANSWERS[this.worst] ?? null : null;
  }
}
