import type { ChangedField, CompletionUpdate, FieldChange, FieldProblem, WorkItem } from '#contracts';
import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import type { Patience } from '../cases/batch-time.ts';
import { replayTransfers } from '../ledger/operation-transfer-rows.ts';
import type { ReplayFacts } from '../ledger/operation-transfer-rows.ts';
import { findEditable, insertRevision, replacePayload } from '../ledger/revision-rows.ts';
import type { Editable } from '../ledger/revision-rows.ts';
import type { RevisionCause } from '../ledger/revision-tables.ts';
import { sealJson } from '../ledger/sealed-json.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { lockForAction } from '../operations/act-on-transfer.ts';
import { judgeReplay } from '../operations/judge-replay.ts';
import type { ReplayRefusal, ReplayTerms } from '../operations/judge-replay.ts';
import { judgeEdit, judgeEditable } from './judge-edit.ts';
import { loadBaseline } from './load-baseline.ts';
import type { Baseline } from './load-baseline.ts';
import { payloadDigest } from './payload-digest.ts';

type Trx = Transaction<LedgerTables>;

/** Why an edit was not made. `row` says what is there now. */
export interface EditRefused {
  readonly kind: 'refused';
  readonly code: ReplayRefusal | 'transfer-unknown' | 'changed-meanwhile' | 'not-editable' | 'edit-broken' | 'nothing-to-change';
  readonly facts: ReplayFacts | null;
  readonly row: Editable | null;
  readonly problems: readonly FieldProblem[];
}

/** An edit that may be made now, under the locks of its case. */
export interface EditReady {
  readonly kind: 'ready';
  readonly facts: ReplayFacts;
  readonly row: Editable;
  readonly payload: WorkItem | CompletionUpdate;
  readonly carried: WorkItem | CompletionUpdate | null;
  readonly changed: readonly ChangedField[];
  /** Fields and entries that were changed, by name alone. */
  readonly paths: readonly string[];
  readonly money: readonly string[];
}

/** What is asked: these changes of the payload that the caller has seen. */
export interface EditWish {
  readonly id: string;
  readonly revision: number;
  readonly changes: readonly FieldChange[];
}

/** Who made a revision, and why. */
export interface RevisionMaker {
  readonly cause: RevisionCause;
  readonly author: { readonly id: string; readonly name: string };
  readonly approver: { readonly id: string; readonly name: string } | null;
  readonly reason: string;
  readonly ticket: string | null;
}

/** What replaces what. */
export interface Replacement {
  readonly id: string;
  /** The revision that is replaced. */
  readonly revision: number;
  readonly attempts: number;
  readonly carried: unknown;
  readonly carriedSealed: Pick<Editable, 'sealed' | 'key_version'>;
  readonly payload: unknown;
  readonly paths: readonly string[];
}

/** Takes the locks of the case and says whether the edit may be made: an edit goes where a replay may go, and nowhere else. */
export async function prepareEdit(trx: Trx, wish: EditWish, terms: (facts: ReplayFacts) => ReplayTerms, keys: KeyRing, patience: Patience): Promise<EditReady | EditRefused> {
  const facts = (await lockForAction(trx, wish.id, patience))?.facts;
  const row = facts === undefined ? undefined : await findEditable(trx, wish.id);
  if (facts === undefined || row === undefined) return refused('transfer-unknown', null, null);
  if (row.revision !== wish.revision) return refused('changed-meanwhile', facts, row);
  const refusal = judgeReplay(facts, terms(facts));
  if (refusal !== null) return refused(refusal, facts, row);
  return judgeWish(wish, facts, row, await loadBaseline(trx, row, keys));
}

function judgeWish({ changes }: EditWish, facts: ReplayFacts, row: Editable, baseline: Baseline): EditReady | EditRefused {
  const closed = judgeEditable(row, baseline);
  if (closed !== null || baseline.kind !== 'payload') return refused('not-editable', facts, row, closed?.code === 'not-translatable' ? [closed.problem] : []);
  const { payload, changed, problems, money } = judgeEdit(row, baseline.payload, changes);
  if (problems.length > 0) return refused('edit-broken', facts, row, problems);
  if (changed.length === 0 && baseline.carried !== null) return refused('nothing-to-change', facts, row);
  return { kind: 'ready', facts, row, payload: payload as WorkItem | CompletionUpdate, carried: baseline.carried, changed, paths: [...new Set(changed.map(({ part }) => part))], money };
}

/**
 * Puts a payload in the place of the one a failed transfer carries, which is kept; false when the transfer has moved on. The transfer keeps
 * its id: a receiver that got the old payload after all knows it again, and never applies both.
 */
export async function makeRevision(trx: Trx, what: Replacement, maker: RevisionMaker, keys: KeyRing): Promise<boolean> {
  if (!await replacePayload(trx, what.id, what.revision, sealJson(keys, what.payload))) return false;
  const { sealed, key_version } = what.carriedSealed;
  await insertRevision(trx, {
    transfer_id: what.id, revision: what.revision + 1, cause: maker.cause, author: maker.author.id, author_name: maker.author.name,
    approver: maker.approver?.id ?? null, approver_name: maker.approver?.name ?? null, reason: maker.reason, ticket: maker.ticket,
    changed_paths: JSON.stringify(what.paths), attempts_before: what.attempts, digest_before: what.carried === null ? null : payloadDigest(what.carried),
    digest_after: payloadDigest(what.payload), sealed, key_version,
  });
  return true;
}

/** {@link makeRevision} and the order for it, as the transfer's next attempt; null when it has moved on: the caller must then roll back. */
export async function reviseAndReplay(trx: Trx, what: Replacement, maker: RevisionMaker, keys: KeyRing, patience: Patience): Promise<TransferRow | null> {
  if (!await makeRevision(trx, what, maker, keys)) return null;
  const [row] = await replayTransfers(trx, [what.id], patience.receiptMs);
  return row ?? null;
}

function refused(code: EditRefused['code'], facts: ReplayFacts | null, row: Editable | null, problems: readonly FieldProblem[] = []): EditRefused {
  return { kind: 'refused', code, facts, row, problems };
}
