import { liveView, plainLine, type Moment } from './live-view.ts';
import type { Screen } from './terminal.ts';

const REDRAW_EVERY_MS = 500;
const PLAIN_EVERY_MS = 5_000;

/** Shows how the cases go: in place on a terminal, with a line every few seconds elsewhere. */
export class Display {
  readonly #screen: Screen;
  readonly #urls: readonly string[];
  #shownAt = -Infinity;

  constructor(screen: Screen, urls: readonly string[]) {
    this.#screen = screen;
    this.#urls = urls;
    if (!screen.isTerminal) for (const line of urls) screen.line(line);
  }

  isDue(): boolean {
    return performance.now() - this.#shownAt >= (this.#screen.isTerminal ? REDRAW_EVERY_MS : PLAIN_EVERY_MS);
  }

  show(moment: Moment): void {
    this.#shownAt = performance.now();
    if (this.#screen.isTerminal) this.#screen.redraw(liveView(moment, this.#urls));
    else this.#screen.line(plainLine(moment));
  }
}
