import { applyChanges, fieldsByPath, formOf, valueAt } from '#contracts';
import type { ChangedField, FieldChange, FormField } from '#contracts';
import type { KeyRing } from '#runtime';
import { findEdit, findEditable } from '../../ledger/revision-rows.ts';
import type { Editable, EditRow } from '../../ledger/revision-rows.ts';
import { openJson } from '../../ledger/sealed-json.ts';
import { judgeEdit, judgeEditable } from '../../revisions/judge-edit.ts';
import { loadBaseline } from '../../revisions/load-baseline.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import type { Reading } from '../ops-ledger.ts';
import { scrubbedOrNull } from '../personal-numbers.ts';
import { refusal } from '../transfers/refusals.ts';
import { transferKindZh } from '../words.ts';
import type { EditCheckAnswer, EditDetailAnswer, PendingEditAnswer } from './edit.answer.ts';
import type { FormAnswer } from './form.answer.ts';
import { decisionRefusal, editRefusal } from './refusals.ts';
import { showDiff, showField, showValues } from './show-form.ts';

/** The form of a transfer with what it carries. @throws OpsProblem `transfer-unknown`, `not-editable` */
export async function readForm(trx: Reading, id: string, keys: KeyRing): Promise<FormAnswer> {
  const { row, payload, carried } = await loadEditable(trx, id, keys);
  const form = formOf(row.destination, row.kind);
  return {
    transferId: row.id, projectNo: row.project_no, transferKindZh: transferKindZh(row.kind), revision: row.revision,
    translatedAnew: carried === null, problemZh: carried === null ? scrubbedOrNull(row.error_detail) : null,
    fields: form.map(showField), values: showValues(form, payload),
  };
}

/** What changes would come to, without writing. @throws OpsProblem `field-locked` for a field that nobody may change */
export async function checkEdit(trx: Reading, id: string, changes: readonly FieldChange[], keys: KeyRing): Promise<EditCheckAnswer> {
  const { row, payload, carried } = await loadEditable(trx, id, keys);
  const judged = judgeEdit(row, payload, changes);
  if (judged.problems.some(({ rule }) => rule === 'locked')) {
    throw editRefusal({ kind: 'refused', code: 'edit-broken', facts: null, row, problems: judged.problems }, row.revision);
  }
  return {
    sound: judged.problems.length === 0 && (judged.changed.length > 0 || carried === null), needsApproval: judged.money.length > 0,
    problems: [...judged.problems], diff: showDiff(judged.changed), wouldSend: showValues(judged.form, judged.payload),
  };
}

/** One edit with its difference from what the transfer carries now. @throws OpsProblem `edit-unknown` */
export async function readEdit(trx: Reading, transferId: string, editId: string, keys: KeyRing): Promise<EditDetailAnswer> {
  const edit = await findEdit(trx, transferId, editId);
  if (edit === undefined) throw decisionRefusal({ kind: 'refused', code: 'edit-unknown', facts: null, edit: null, problems: [] });
  const { row, payload } = await loadEditable(trx, transferId, keys);
  const form = formOf(row.destination, row.kind);
  return {
    ...showPending(edit), state: edit.state, decidedBy: edit.decided_name, decidedAt: beijingTimeOrNull(edit.decided_at),
    diff: showDiff(differences(form, payload, openJson<unknown>(keys, edit), edit.changed_paths)),
  };
}

/** An edit without values. */
export function showPending(edit: EditRow): PendingEditAnswer {
  return {
    editId: edit.id, transferId: edit.transfer_id, author: edit.author_name, reason: edit.reason, ticket: edit.ticket, revision: edit.revision,
    changedPaths: edit.changed_paths, moneyPaths: edit.money_paths, createdAt: beijingTime(edit.created_at),
  };
}

async function loadEditable(trx: Reading, id: string, keys: KeyRing): Promise<{ row: Editable; payload: unknown; carried: unknown }> {
  const row = await findEditable(trx, id);
  if (row === undefined) throw refusal({ kind: 'refused', code: 'transfer-unknown', facts: null, problems: [] });
  const baseline = await loadBaseline(trx, row, keys);
  const closed = judgeEditable(row, baseline);
  if (closed === null && baseline.kind === 'payload') return { row, payload: baseline.payload, carried: baseline.carried };
  throw editRefusal({ kind: 'refused', code: 'not-editable', facts: null, row, problems: closed?.code === 'not-translatable' ? [closed.problem] : [] }, row.revision);
}

function differences(form: readonly FormField[], before: unknown, after: unknown, paths: readonly string[]): readonly ChangedField[] {
  const fields = fieldsByPath(form);
  const known = paths.filter((path) => fields.has(path.replaceAll(/\[\d+\]/g, '[]')));
  return applyChanges(form, before, known.map((path) => ({ path, value: (valueAt(after, path) ?? null) as FieldChange['value'] }))).changed;
}
