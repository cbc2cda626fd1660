import { randomUUID } from 'node:crypto';
import { formOf } from '#contracts';
import type { FieldProblem } from '#contracts';
import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import type { Caller } from '../access/caller.ts';
import { isIndependent } from '../access/is-independent.ts';
import type { Patience } from '../cases/batch-time.ts';
import type { ReplayFacts } from '../ledger/operation-transfer-rows.ts';
import { findEditable, findOpenEdit, insertEdit, lockEdit, settleEdit } from '../ledger/revision-rows.ts';
import type { Editable, EditRow, LockedEdit } from '../ledger/revision-rows.ts';
import { openJson, sealJson } from '../ledger/sealed-json.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { lockForAction } from '../operations/act-on-transfer.ts';
import { judgeReplay } from '../operations/judge-replay.ts';
import type { ReplayRefusal, ReplayTerms } from '../operations/judge-replay.ts';
import { carriedPayload } from './carried-payload.ts';
import { reviseAndReplay } from './edit-transfer.ts';
import type { EditReady } from './edit-transfer.ts';
import { soundnessProblems } from './judge-edit.ts';

type Trx = Transaction<LedgerTables>;
type Person = Pick<Caller, 'id' | 'name' | 'person'>;

export interface DecisionRefused {
  readonly kind: 'refused';
  readonly code: ReplayRefusal | 'edit-unknown' | 'edit-closed' | 'own-edit' | 'not-independent' | 'not-deliverable';
  readonly facts: ReplayFacts | null;
  readonly edit: EditRow | null;
  readonly problems: readonly FieldProblem[];
}

/** What a decision came to. `superseded`: the transfer had moved on; the edit is closed, and nothing was sent. */
export type Decided =
  | { readonly kind: 'applied'; readonly edit: EditRow; readonly facts: ReplayFacts; readonly row: TransferRow }
  | { readonly kind: 'superseded' | 'rejected'; readonly edit: EditRow; readonly facts: ReplayFacts };

/**
 * Keeps an edit until a second person has agreed. One that waits already has waited too long, or for a transfer which has moved on since (no other
 * is let past {@link judgeReplay}), and is closed: `closed` is its id.
 */
export async function proposeEdit(
  trx: Trx, ready: EditReady, author: Person, why: { readonly reason: string; readonly ticket: string | null; readonly override: boolean }, keys: KeyRing,
): Promise<{ readonly editId: string; readonly closed: string | null }> {
  const open = await findOpenEdit(trx, ready.row.id);
  if (open !== undefined) await settleEdit(trx, open.id, { state: 'superseded', decided_by: null, decided_name: null, decision_reason: null });
  const id = `ed_${randomUUID()}`;
  await insertEdit(trx, {
    id, transfer_id: ready.row.id, revision: ready.row.revision, attempts: ready.row.attempts, author: author.id, author_person: author.person, author_name: author.name,
    reason: why.reason, ticket: why.ticket, override: why.override, changed_paths: JSON.stringify(ready.paths), money_paths: JSON.stringify(ready.money),
    ...sealJson(keys, ready.payload),
  });
  return { editId: id, closed: open?.id ?? null };
}

/**
 * Agrees to an edit: it is made now, unless its transfer has moved on since it was proposed, or that is too long ago. The author cannot, nor
 * anybody whose account is not independent of the author's. Beyond the receiver's memory it goes by the approver's own word; the author's is not theirs.
 */
export async function approveEdit(
  trx: Trx, at: { readonly transferId: string; readonly editId: string; readonly approver: Person; readonly reason: string; readonly byAnother: boolean },
  terms: (facts: ReplayFacts) => ReplayTerms, keys: KeyRing, patience: Patience,
): Promise<Decided | DecisionRefused> {
  const found = await lockDecision(trx, at.transferId, at.editId, patience);
  if ('code' in found) return found;
  const { facts, row, edit } = found;
  if (edit.author_person === at.approver.person) return refused('own-edit', facts, edit);
  if (!await isIndependent(trx, at.approver.person, edit.author_person, at.byAnother)) return refused('not-independent', facts, edit);
  if (!isPresent(edit, row)) return closed(trx, found, 'superseded', at.approver, at.reason);
  // The edit that waits is this very one.
  const refusal = judgeReplay({ ...facts, edit_pending: false }, terms(facts));
  if (refusal !== null) return refused(refusal, facts, edit);
  const payload = openJson<unknown>(keys, edit);
  const problems = soundnessProblems(formOf(row.destination, row.kind), row.destination, payload);
  if (problems.length > 0) return refused('not-deliverable', facts, edit, problems);
  const replacement = { id: row.id, revision: row.revision, attempts: row.attempts, carried: carriedPayload(row, keys), carriedSealed: row, payload, paths: edit.changed_paths };
  const ordered = await reviseAndReplay(trx, replacement, {
    cause: 'edit', author: { id: edit.author, name: edit.author_name }, approver: at.approver, reason: edit.reason, ticket: edit.ticket,
  }, keys, patience);
  if (ordered === null) return refused('not-failed', facts, edit);
  await settleEdit(trx, edit.id, { state: 'applied', decided_by: at.approver.id, decided_name: at.approver.name, decision_reason: at.reason });
  return { kind: 'applied', edit, facts, row: ordered };
}

/** Closes an edit that is not to be made; its author may do so, too. */
export async function rejectEdit(
  trx: Trx, at: { readonly transferId: string; readonly editId: string; readonly by: Person; readonly reason: string }, patience: Patience,
): Promise<Decided | DecisionRefused> {
  const found = await lockDecision(trx, at.transferId, at.editId, patience);
  return 'code' in found ? found : closed(trx, found, 'rejected', at.by, at.reason);
}

interface Decision {
  readonly facts: ReplayFacts;
  readonly row: Editable;
  readonly edit: LockedEdit;
}

async function lockDecision(trx: Trx, transferId: string, editId: string, patience: Patience): Promise<Decision | DecisionRefused> {
  const facts = (await lockForAction(trx, transferId, patience))?.facts;
  const row = facts === undefined ? undefined : await findEditable(trx, transferId);
  const edit = await lockEdit(trx, transferId, editId);
  if (facts === undefined || row === undefined || edit === undefined) return refused('edit-unknown', null, null);
  return edit.state === 'awaiting-approval' ? { facts, row, edit } : refused('edit-closed', facts, edit);
}

async function closed(trx: Trx, { edit, facts }: Decision, state: 'superseded' | 'rejected', by: Person, reason: string): Promise<Decided> {
  await settleEdit(trx, edit.id, { state, decided_by: by.id, decided_name: by.name, decision_reason: reason });
  return { kind: state, edit, facts };
}

/** Whether the transfer still is as the author of an edit saw it, not long ago: nobody replaced its payload, sent it again or closed it. */
function isPresent(edit: Pick<LockedEdit, 'revision' | 'attempts' | 'expired'>, row: Pick<Editable, 'revision' | 'attempts' | 'status'>): boolean {
  return !edit.expired && row.status === 'failed' && row.revision === edit.revision && row.attempts === edit.attempts;
}

function refused(code: DecisionRefused['code'], facts: ReplayFacts | null, edit: EditRow | null, problems: readonly FieldProblem[] = []): DecisionRefused {
  return { kind: 'refused', code, facts, edit, problems };
}
