import type { Output } from './output.ts';

const CELLS = 30;

/** A bar such as `██████░░░░  60%`. */
export function bar(done: number, total: number): string {
  const share = total <= 0 ? 1 : Math.min(1, Math.max(0, done / total));
  const full = Math.floor(share * CELLS);
  return `${'█'.repeat(full)}${'░'.repeat(CELLS - full)} ${String(Math.floor(share * 100)).padStart(3)}%`;
}

/** Progress beside the results: in place on a terminal, elsewhere a line whenever it says something new. */
export class ProgressLine {
  private readonly out: Output;
  private last = '';

  constructor(out: Output) {
    this.out = out;
  }

  show(text: string): void {
    if (text === this.last) return;
    this.last = text;
    if (this.out.hasWatcher) this.out.rawAside(`\r\u001b[2K${text}`);
    else this.out.aside(text);
  }

  /** What was shown last stays. */
  end(): void {
    if (this.out.hasWatcher && this.last !== '') this.out.rawAside('\n');
    this.last = '';
  }
}
