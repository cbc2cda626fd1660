/** One page and where the next begins. */
export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

/**
 * Cuts a page from rows read with one more than `limit`: the extra row only proves that there is a next page.
 * The cursor names the last row shown, so rows added meanwhile can neither be repeated nor push others out.
 */
export function pageOf<Row, T>(rows: readonly Row[], limit: number, cursorOf: (row: Row) => string, show: (row: Row) => T): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(show),
    nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null,
  };
}
