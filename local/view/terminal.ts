/** Where progress is written: in place on a terminal, line by line elsewhere. */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  #height = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY;
  }

  /** Puts the text where the last one was. */
  redraw(text: string): void {
    const { columns, rows } = this.#stream;
    const lines = text.split('\n').slice(0, Math.max(1, (rows || 50) - 1));
    const up = this.#height > 0 ? `\u001b[${this.#height}A\u001b[J` : '';
    this.#stream.write(`${up}${lines.join('\n')}\n`);
    this.#height = lines.reduce((sum, line) => sum + rowsOf(line, columns || 80), 0);
  }

  /** Writes below what is there, for good. */
  line(text: string): void {
    this.#height = 0;
    this.#stream.write(`${text}\n`);
  }
}

/** How many rows of the terminal a line takes; Chinese characters are two columns wide. */
export function rowsOf(line: string, columns: number): number {
  const width = [...line].reduce((sum, character) => sum + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(character) ? 2 : 1), 0);
  return Math.max(1, Math.ceil(width / columns));
}
