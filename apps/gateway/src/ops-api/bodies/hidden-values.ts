import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import type { RevealSubject } from '../../ledger/evidence-reveals.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { loadEdit } from '../../revisions/load-edit.ts';
import type { LoadedEdit } from '../../revisions/load-edit.ts';
import { decisionRefusal } from '../revisions/refusals.ts';
import { showDiffAsBody } from '../revisions/show-form.ts';
import type { RevealedFieldAnswer } from './body.answer.ts';
import { leavesOf, maskBody } from './mask-body.ts';

/** By the path of each field that is shown masked: what it hides. */
export type HiddenValues = ReadonlyMap<string, readonly RevealedFieldAnswer[]>;

/** What a masked body hides. */
export function hiddenInBody(body: unknown): HiddenValues {
  const leaves = leavesOf(body);
  return new Map(maskBody(body).masked.map(({ path }) => [path, [{ path, value: leaves.get(path) ?? null }]]));
}

/** What the difference that an edit makes hides, from those who see least of it: of each changed field the value that was, and the one that is to be. */
export function hiddenInEdit({ changed }: Pick<LoadedEdit, 'changed'>): HiddenValues {
  return new Map(changed.flatMap((change) => {
    const { path, before = null, after = null } = change;
    const [shown] = showDiffAsBody([change]);
    if (shown === undefined || (shown.before === before && shown.after === after)) return [];
    return [[path, [{ path: `before.${path}`, value: before }, { path: `after.${path}`, value: after }]] as const];
  }));
}

/** An edit by the name that a reveal knows it by. @throws OpsProblem `edit-unknown` */
export async function openEdit(trx: Transaction<LedgerTables>, subject: Pick<RevealSubject, 'id'>, keys: KeyRing): Promise<LoadedEdit> {
  const [transferId = '', editId = ''] = subject.id.split('/');
  const loaded = await loadEdit(trx, transferId, editId, keys);
  if (loaded === undefined) throw decisionRefusal({ kind: 'refused', code: 'edit-unknown', facts: null, edit: null, problems: [] });
  return loaded;
}
