import { Readable } from 'node:stream';

/** What may wait for a reader (bytes) before it is given up: some dozens of events. */
export const MOST_WAITING_BYTES = 1024 * 1024;
/** How long something may wait for a reader that takes nothing (ms). */
export const LONGEST_WAITING_MS = 60_000;

/** A reader did not keep up. */
export class SlowReaderError extends Error {}

/** One open live view: what is told goes out as fast as its reader takes it, and a reader that takes too little is let go, never waited for. */
export class LiveConnection {
  /** What the server sends. Destroyed when the reader is gone. */
  readonly stream: Readable;
  private takenAt = performance.now();

  constructor(onGone: () => void) {
    this.stream = new Readable({ read: () => { this.takenAt = performance.now(); }, highWaterMark: 16 * 1024 });
    this.stream.once('close', onGone);
    // What ends it is told to nobody: the reader is gone, or learns it by the end of the answer.
    this.stream.on('error', () => undefined);
  }

  tell(frame: string, now = performance.now()): void {
    if (this.stream.destroyed || this.stream.readableEnded) return;
    const waiting = this.stream.readableLength;
    const stuck = waiting > 0 && now - this.takenAt > LONGEST_WAITING_MS;
    if (stuck || waiting + Buffer.byteLength(frame) > MOST_WAITING_BYTES) this.stream.destroy(new SlowReaderError('the reader of a live view does not keep up'));
    else this.stream.push(frame);
  }

  /** Ends the answer as it should end. */
  end(): void {
    if (!this.stream.destroyed) this.stream.push(null);
  }
}
