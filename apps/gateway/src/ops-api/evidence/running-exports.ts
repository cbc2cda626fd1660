import { Readable } from 'node:stream';
import { OpsProblem } from '../problems/ops-problem.ts';

/** Exports that one gateway writes at a time. Each asks the ledger page after page: more of them would leave the other questions waiting. */
const MOST = 2;

/** Counts the exports under way. */
export class RunningExports {
  private running = 0;

  /** An export as a stream that counts until its last piece is taken or its reader is gone. @throws OpsProblem when too many run */
  open(pieces: AsyncGenerator<string>): Readable {
    if (this.running >= MOST) throw new OpsProblem('exports-running', {
      detail: `${MOST} exports are running already; ask again when one of them is done.`,
      detailZh: `已有 ${MOST} 个导出正在进行；请等其中一个结束后再试。`,
    });
    this.running += 1;
    return Readable.from(pieces).once('close', () => { this.running -= 1; });
  }
}
