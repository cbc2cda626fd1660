import type { CompletionUpdate, FieldProblem, Receipt, SupplementItem } from '#contracts';
import type { KeyRing } from '#runtime';
import type { IntakeSnapshot } from '../hall-to-centre/intake-snapshot.ts';
import type { CaseRow } from '../ledger/case-rows.ts';
import type { ReplayFacts } from '../ledger/operation-transfer-rows.ts';
import type { Editable } from '../ledger/revision-rows.ts';
import { openJson } from '../ledger/sealed-json.ts';
import { judgeDiscard } from '../operations/judge-replay.ts';
import type { DiscardRefusal } from '../operations/judge-replay.ts';
import { judgeReturn } from './judge-return.ts';
import type { ReturnRefusal } from './judge-return.ts';
import { MOST_RETURNS, noticeItems, noticeNoAfter, returnNotice } from './return-notice.ts';
import type { ReturnItem } from './return-notice.ts';

/** What must be known of a failed work item before it is returned; read under its locks by whoever returns it. */
export interface ReturnFacts {
  readonly facts: ReplayFacts;
  readonly row: Editable;
  readonly found: CaseRow;
  /** Returns of its case so far. */
  readonly returns: number;
}

/** What the hall is to be told, and on behalf of which operation; null for a person's single return. */
export interface ReturnTerms {
  readonly operationId: string | null;
  readonly reason: string;
  readonly items: readonly ReturnItem[];
  readonly at: Date;
}

export type NoReturn = ReturnRefusal | DiscardRefusal | 'items-broken' | 'not-translatable' | 'not-readable';

/** Why it is not returned. */
export interface Unreturnable {
  readonly kind: 'unreturnable';
  readonly code: NoReturn;
  readonly problems: readonly FieldProblem[];
}

/** May be returned, with this notice: but for its number among the updates, which is given when it is. */
export interface Returnable {
  readonly kind: 'returnable';
  readonly noticeNo: number;
  readonly notice: CompletionUpdate;
}

/** Decides whether a failed work item may be returned, and makes the notice to its hall. Nothing is changed: the preflight of an operation asks the same. */
export function prepareReturn({ facts, row, found, returns }: ReturnFacts, { operationId, reason, items: wished, at }: ReturnTerms, keys: KeyRing): Returnable | Unreturnable {
  const refusal = judgeDiscard(facts, operationId) ?? judgeReturn(row, found.status, facts.edit_pending);
  if (refusal !== null) return unreturnable(refusal);
  if (returns >= MOST_RETURNS) return unreturnable('returned-too-often');
  const intake = intakeOf(found, keys);
  if (intake === null) return unreturnable('not-readable');
  const { items, problems } = noticeItems(row.kind, intake, wished);
  return problems.length > 0 ? unreturnable('items-broken', problems) : noticed(found, returns, { intake, reason, items, at });
}

function noticed(found: CaseRow, returns: number, { intake, reason, items, at }: { intake: IntakeSnapshot; reason: string; items: readonly SupplementItem[]; at: Date }): Returnable | Unreturnable {
  const noticeNo = noticeNoAfter(returns);
  const notice = returnNotice({ intake, updateNumber: found.update_sequence + 1, noticeNo, reason, items, dataVersion: found.hall_version, at: at.toISOString() });
  if (!notice.ok) return unreturnable('not-translatable', [{ field: notice.field, rule: 'not-translatable', zh: notice.zh, en: notice.en }]);
  return { kind: 'returnable', noticeNo, notice: notice.payload };
}

/** What the hall had sent; null when its key is not on the ring. */
function intakeOf(found: CaseRow, keys: KeyRing): IntakeSnapshot | null {
  try {
    return { projectNo: found.project_no, hallCode: found.hall_code, itemCode: found.item_code, receipt: openJson<Receipt>(keys, found) };
  } catch {
    return null;
  }
}

function unreturnable(code: NoReturn, problems: readonly FieldProblem[] = []): Unreturnable {
  return { kind: 'unreturnable', code, problems };
}
