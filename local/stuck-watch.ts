import { progressMark, type Moment } from './view/live-view.ts';

/** Notices when nothing has moved for too long. */
export class StuckWatch {
  readonly #patienceMs: number;
  #mark = '';
  #movedAt: number | null = null;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** Which case is stuck, in words, when nothing has moved for the patience; else `null`. `now` is in milliseconds of any steady clock. */
  look(moment: Moment, now: number): string | null {
    const mark = progressMark(moment);
    if (mark !== this.#mark || this.#movedAt === null) {
      this.#mark = mark;
      this.#movedAt = now;
    }
    if (now - this.#movedAt < this.#patienceMs) return null;
    return `${Math.round((now - this.#movedAt) / 1000)} 秒没有任何进展。${describe(moment)}`;
  }
}

function describe({ platform, centre }: Moment): string {
  const oldest = [['大厅', platform], ['中心', centre]] as const;
  const stuck = oldest.flatMap(([side, status]) => {
    if (status === null) return [`${side}的模拟程序没有回答`];
    const { oldestOpen, cases } = status;
    return oldestOpen === null ? [] : [`${side}还有 ${cases.open} 件没有到头，最早的是 ${oldestOpen.projectNo}（${oldestOpen.flow}，停在 ${oldestOpen.stage}）`];
  });
  return `${stuck.join('；')}。`;
}
