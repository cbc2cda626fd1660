import { formOf } from '#contracts';
import type { FieldChange } from '#contracts';
import type { KeyRing } from '#runtime';
import type { Caller } from '../../access/caller.ts';
import { loadReplayFacts } from '../../ledger/operation-transfer-rows.ts';
import type { ReplayFacts } from '../../ledger/operation-transfer-rows.ts';
import { findEditable } from '../../ledger/revision-rows.ts';
import type { Editable, EditRow } from '../../ledger/revision-rows.ts';
import type { DedupeWindows } from '../../operations/dedupe-windows.ts';
import { isBeyondWindow } from '../../operations/judge-replay.ts';
import { judgeEdit, judgeEditable } from '../../revisions/judge-edit.ts';
import { loadBaseline } from '../../revisions/load-baseline.ts';
import { loadEdit } from '../../revisions/load-edit.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import type { Reading } from '../ops-ledger.ts';
import { scrubbedOrNull } from '../personal-numbers.ts';
import { refusal } from '../transfers/refusals.ts';
import { transferKindZh } from '../words.ts';
import type { EditCheckAnswer, EditDetailAnswer, PendingEditAnswer } from './edit.answer.ts';
import type { FormAnswer } from './form.answer.ts';
import { decisionRefusal, editRefusal } from './refusals.ts';
import { showDiff, showDiffAsBody, showField, showValues } from './show-form.ts';

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

/** Who looks at an edit, and what its receiver remembers. */
export interface EditLook {
  readonly keys: KeyRing;
  readonly windows: DedupeWindows;
  /** Whoever may not edit sees of the difference what the view of the whole body shows, and no more. */
  readonly caller: Pick<Caller, 'person' | 'rights'>;
}

/** One edit with what it changes of what its author saw. @throws OpsProblem `edit-unknown` */
export async function readEdit(trx: Reading, transferId: string, editId: string, { keys, windows, caller }: EditLook): Promise<EditDetailAnswer> {
  const loaded = await loadEdit(trx, transferId, editId, keys);
  if (loaded === undefined) throw decisionRefusal({ kind: 'refused', code: 'edit-unknown', facts: null, edit: null, problems: [] });
  const { edit, changed } = loaded;
  const [facts] = await loadReplayFacts(trx, [transferId]);
  const diff = caller.rights.has('edit') ? showDiff(changed) : showDiffAsBody(changed);
  return { ...showPending(edit, facts, { windows, caller }), state: edit.state, decidedBy: edit.decided_name, decidedAt: beijingTimeOrNull(edit.decided_at), diff };
}

/** An edit without values, and whether its receiver may have forgotten the first attempt: who agrees to it answers for that, too. */
export function showPending(edit: EditRow, facts: ReplayFacts | undefined, { windows, caller }: Pick<EditLook, 'windows' | 'caller'>): PendingEditAnswer {
  const age = facts?.first_attempt_ms ?? null;
  return {
    editId: edit.id, transferId: edit.transfer_id, author: edit.author_name, own: edit.author_person === caller.person, reason: edit.reason, ticket: edit.ticket, revision: edit.revision,
    changedPaths: edit.changed_paths, moneyPaths: edit.money_paths, createdAt: beijingTime(edit.created_at), override: edit.override,
    beyondDedupeWindow: facts !== undefined && isBeyondWindow(facts, { operationId: null, windowMs: windows.of(facts.destination), override: false }),
    firstAttemptAgeSeconds: age === null ? null : Math.floor(age / 1000),
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
