import Table from 'cli-table3';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Narrower than this no column gets, however narrow the terminal is. */
const NARROWEST = 12;
const GAP = 2;

const NO_LINES = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ',
};

/** Rows under their headings. On a terminal the widest columns are folded until a row fits; elsewhere nothing is folded. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[], columns: number | undefined): string {
  const widths = fitted(naturalWidths([head, ...rows]), columns);
  const table = new Table({ head: folded(head, widths), chars: NO_LINES, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 }, colWidths: widths });
  table.push(...rows.map((row) => folded(row, widths)));
  return withoutTrailingSpace(table.toString());
}

/** Names and values, one pair a line. */
export function pairsOf(pairs: readonly (readonly [string, string])[], columns: number | undefined): string {
  const widths = fitted(naturalWidths(pairs), columns);
  const table = new Table({ chars: NO_LINES, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 }, colWidths: widths });
  table.push(...pairs.map((pair) => folded(pair, widths)));
  return withoutTrailingSpace(table.toString());
}

/** How many columns of the terminal each column of the table takes: Chinese characters take two. */
function naturalWidths(rows: readonly (readonly string[])[]): number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, index) => rows.reduce((most, row) => Math.max(most, stringWidth(row[index] ?? '')), 1));
}

function fitted(widths: readonly number[], columns: number | undefined): number[] {
  const fit = [...widths];
  let over = columns === undefined ? 0 : fit.reduce((sum, width) => sum + width, GAP * (fit.length - 1)) - columns;
  while (over > 0) {
    const widest = fit.indexOf(Math.max(...fit));
    const width = fit[widest] ?? 0;
    if (width <= NARROWEST) break;
    const cut = Math.min(over, Math.max(1, width - Math.max(NARROWEST, secondWidest(fit, widest))));
    fit[widest] = width - cut;
    over -= cut;
  }
  return fit;
}

/** Each cell over as many lines as it needs; a colour begins anew on each of them. */
function folded(row: readonly string[], widths: readonly number[]): string[] {
  return row.map((cell, index) => wrapAnsi(cell, widths[index] ?? NARROWEST, { hard: true, wordWrap: false, trim: false }));
}

function secondWidest(widths: readonly number[], widest: number): number {
  return Math.max(0, ...widths.filter((_, index) => index !== widest));
}

function withoutTrailingSpace(text: string): string {
  return text.split('\n').map((line) => line.trimEnd()).join('\n');
}
