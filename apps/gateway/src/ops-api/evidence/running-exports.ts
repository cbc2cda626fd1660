import { addAbortSignal, Readable } from 'node:stream';
import { OpsProblem } from '../problems/ops-problem.ts';

/** Exports that one gateway writes at a time. Each asks the ledger page after page: more of them would leave the other questions waiting. */
const MOST = 2;

/** How long a reader may take, in milliseconds: to make room for the next piece, and for the whole. */
export interface ReaderPatience {
  readonly pieceMs: number;
  readonly wholeMs: number;
}

/** A reader that takes some hundred kilobytes in half a minute is on a line that no export goes through. */
const PATIENCE: ReaderPatience = { pieceMs: 30_000, wholeMs: 2 * 3_600_000 };

/** Counts the exports under way, and cuts off readers that keep others waiting: what they got is no whole export, and says so by having no end. */
export class RunningExports {
  private running = 0;
  private readonly patience: ReaderPatience;

  constructor(patience: ReaderPatience = PATIENCE) {
    this.patience = patience;
  }

  /** An export as a stream that counts until its last piece is taken or its reader is gone. @throws OpsProblem when too many run, before it begins */
  async open(begin: () => Promise<AsyncGenerator<string>>): Promise<Readable> {
    if (this.running >= MOST) throw new OpsProblem('exports-running', {
      detail: `${MOST} exports are running already; ask again when one of them is done. A reader that stands still is cut off after ${this.patience.pieceMs / 1000} s.`,
      detailZh: `已有 ${MOST} 个导出正在进行；请等其中一个结束后再试。停住不读的导出 ${this.patience.pieceMs / 1000} 秒后会被断开。`,
    }, [], Math.ceil(this.patience.pieceMs / 1000));
    this.running += 1;
    try {
      return this.streamOf(await begin());
    } catch (error) {
      this.running -= 1;
      throw error;
    }
  }

  private streamOf(pieces: AsyncGenerator<string>): Readable {
    const cut = new AbortController();
    const stream = addAbortSignal(cut.signal, Readable.from(this.paced(pieces, cut), { objectMode: false }));
    const whole = setTimeout(() => { cut.abort(); }, this.patience.wholeMs);
    return stream.once('close', () => {
      clearTimeout(whole);
      this.running -= 1;
    });
  }

  /** What the ledger takes is not the reader's time: the clock runs only while a piece waits to be taken. */
  private async *paced(pieces: AsyncGenerator<string>, cut: AbortController): AsyncGenerator<string> {
    for await (const piece of pieces) {
      const waiting = setTimeout(() => { cut.abort(); }, this.patience.pieceMs);
      try {
        yield piece;
      } finally {
        clearTimeout(waiting);
      }
    }
  }
}
