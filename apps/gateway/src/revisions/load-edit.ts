import { changesBetween, formOf } from '#contracts';
import type { ChangedField } from '#contracts';
import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import { findRevisionBody } from '../ledger/evidence-reveals.ts';
import { findEdit, findEditable } from '../ledger/revision-rows.ts';
import type { Editable, EditRow } from '../ledger/revision-rows.ts';
import { openJson } from '../ledger/sealed-json.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { loadBaseline } from './load-baseline.ts';

type Trx = Transaction<LedgerTables>;

/** An edit with what it changes: the payload that its author saw, beside the one that it makes. */
export interface LoadedEdit {
  readonly edit: EditRow;
  readonly row: Editable;
  readonly changed: readonly ChangedField[];
}

/** An edit of a transfer, whatever became of it; undefined when there is none with this id. */
export async function loadEdit(trx: Trx, transferId: string, editId: string, keys: KeyRing): Promise<LoadedEdit | undefined> {
  const edit = await findEdit(trx, transferId, editId);
  const row = edit === undefined ? undefined : await findEditable(trx, transferId);
  if (edit === undefined || row === undefined) return undefined;
  const before = await seenPayload(trx, row, edit, keys);
  const after = openJson<unknown>(keys, edit);
  return { edit, row, changed: changesBetween(formOf(row.destination, row.kind), before, after, edit.changed_paths) };
}

/** What the transfer carried when the edit was proposed: it does so still, or a later revision keeps it. */
async function seenPayload(trx: Trx, row: Editable, { revision }: EditRow, keys: KeyRing): Promise<unknown> {
  if (row.revision === revision) {
    const baseline = await loadBaseline(trx, row, keys);
    return baseline.kind === 'payload' ? baseline.payload : null;
  }
  const kept = await findRevisionBody(trx, row.id, revision);
  if (kept === undefined || kept.sealed === null || kept.key_version === null) return null;
  return openJson<unknown>(keys, { sealed: kept.sealed, key_version: kept.key_version });
}
