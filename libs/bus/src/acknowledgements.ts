import type { Channel, ConsumeMessage } from 'amqplib';

/** A delivery, as far as its answer goes by it. */
type Delivered = Pick<ConsumeMessage, 'fields'>;

/**
 * Acknowledges what one channel brought: what is done in the same turn of the event loop together, and with a single word as far as nothing older
 * is still unanswered. An acknowledgement costs a frame here and a log entry in the broker, however many messages it covers.
 *
 * Messages are known by their delivery tags, which count the deliveries of a channel from 1 on without a gap (AMQP 0-9-1, 1.2).
 */
export class Acknowledgements {
  readonly channel: Channel;
  /** Older than the newest that was answered, and not answered yet; the oldest first. No more of them than the prefetch allows. */
  private readonly unanswered = new Set<number>();
  private newest = 0;
  private done: Delivered[] = [];
  private departure: Promise<void> | null = null;

  constructor(channel: Channel) {
    this.channel = channel;
  }

  /** Notes that the message is answered otherwise: by the caller, in this turn. */
  pass({ fields: { deliveryTag: tag } }: Delivered): void {
    for (let between = this.newest + 1; between < tag; between++) this.unanswered.add(between);
    this.newest = Math.max(this.newest, tag);
    this.unanswered.delete(tag);
  }

  /** Notes that the message is done. */
  add(message: Delivered): void {
    this.pass(message);
    this.done.push(message);
    if (this.departure !== null) return;
    this.departure = endOfTurn().then(() => this.depart());
    // Whoever waits is told; a channel that closed must not end the program because nobody does.
    this.departure.catch(() => undefined);
  }

  /** Resolves when all that is done has been acknowledged; rejects when the channel refuses that: then it comes again. */
  written(): Promise<void> {
    return this.departure ?? Promise.resolve();
  }

  private depart(): void {
    this.departure = null;
    const [oldest = Infinity] = this.unanswered;
    const done = this.done.splice(0).sort((one, other) => one.fields.deliveryTag - other.fields.deliveryTag);
    const covered = done.filter(({ fields }) => fields.deliveryTag < oldest);
    const last = covered.at(-1);
    if (last !== undefined) this.channel.ack(last as ConsumeMessage, covered.length > 1);
    for (const message of done.slice(covered.length)) this.channel.ack(message as ConsumeMessage);
  }
}

/** Resolves when everything has run that the last events set off. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => { process.nextTick(resolve); });
}
