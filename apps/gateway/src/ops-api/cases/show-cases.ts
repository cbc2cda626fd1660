import { encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import type { CaseListRow } from '../queries/case-columns.ts';
import type { CasePage } from './case.answer.ts';
import { showCase } from './show-case.ts';

/** A page of at most `limit` cases; a row more says that there is another page. */
export function showCases(rows: readonly CaseListRow[], limit: number): CasePage {
  const now = new Date();
  return pageOf([...rows], limit, (row) => encodeCursor([row.created_micros, row.project_no]), (row) => showCase(row, now));
}
