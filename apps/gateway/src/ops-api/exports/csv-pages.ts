import { BYTE_ORDER_MARK, csvLine } from './csv.ts';
import type { Cell } from './csv.ts';

/** One column: its heading, and what it shows of an item. */
export type Column<Item> = readonly [heading: string, cellOf: (item: Item) => Cell];

/** What is exported: pages of it, in an order that does not change meanwhile. */
export interface CsvSource<Row, Item> {
  readonly columns: readonly Column<Item>[];
  /** Rows after the last one given; at the beginning, after the cursor that was asked for. */
  page(after: Row | null, rows: number): Promise<readonly Row[]>;
  show(row: Row): Item;
  /** How to go on after a row. */
  cursorOf(row: Row): string;
}

const PAGE_ROWS = 500;

/**
 * A list as CSV, a page at a time, so that memory does not grow with it. The last line says that it is whole, or where to go on: a file without it broke off
 * on the way.
 */
export async function* csvPages<Row, Item>(source: CsvSource<Row, Item>, most: number): AsyncGenerator<string> {
  const { columns } = source;
  yield BYTE_ORDER_MARK + csvLine(columns.map(([heading]) => heading));
  let last: Row | null = null;
  let count = 0;
  for (;;) {
    const wanted = Math.min(PAGE_ROWS, most - count);
    const rows: readonly Row[] = await source.page(last, wanted + 1);
    const shown = rows.slice(0, wanted);
    count += shown.length;
    last = shown.at(-1) ?? last;
    if (shown.length > 0) yield shown.map((row) => csvLine(columns.map(([, cellOf]) => cellOf(source.show(row))))).join('');
    if (rows.length <= wanted) {
      yield csvLine(['#完', `共 ${count} 行`]);
      return;
    }
    if (count >= most && last !== null) {
      yield csvLine(['#未完', `已到 ${count} 行的上限，后面还有；接着导出：cursor=${source.cursorOf(last)}`]);
      return;
    }
  }
}
