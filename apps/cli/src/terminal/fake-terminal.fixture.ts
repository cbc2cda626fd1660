import type { TextOutput } from '../surroundings.ts';

/** Keeps what is written. */
export class Written implements TextOutput {
  readonly isTTY: boolean;
  readonly columns: number;
  text = '';

  constructor({ isTTY = false, columns = 80 }: { isTTY?: boolean; columns?: number } = {}) {
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): boolean {
    this.text += text;
    return true;
  }
}
