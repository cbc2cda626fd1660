import type { RevisionRow } from '../ledger/revision-rows.ts';

/** Of the revisions of a transfer, the newest first: the edits whose values it carries. A hall's correction makes the whole payload anew, and ends all before it. */
export function carriedEdits<Row extends Pick<RevisionRow, 'cause'>>(revisions: readonly Row[]): readonly Row[] {
  const last = revisions.findIndex(({ cause }) => cause === 'correction');
  return last === -1 ? revisions : revisions.slice(0, last);
}
