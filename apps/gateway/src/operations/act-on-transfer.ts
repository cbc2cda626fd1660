import type { FieldProblem } from '#contracts';
import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import { lockBatch } from '../cases/batch-time.ts';
import type { Patience } from '../cases/batch-time.ts';
import { discardTransfers, loadProjectNos, loadReplayFacts, lockTransfers, replayTransfers } from '../ledger/operation-transfer-rows.ts';
import type { Discarding, ReplayFacts } from '../ledger/operation-transfer-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { releaseNext } from '../ledger/transfer-rows.ts';
import type { OrderRow, TransferRow } from '../ledger/transfer-rows.ts';
import { judgeDiscard, judgeReplay } from './judge-replay.ts';
import type { DiscardRefusal, ReplayRefusal, ReplayTerms } from './judge-replay.ts';
import { problemsOfPayload } from './read-payload.ts';

type Trx = Transaction<LedgerTables>;

/** Why nothing was done. */
export interface Refused<Code> {
  readonly kind: 'refused';
  readonly code: Code | 'transfer-unknown';
  readonly facts: ReplayFacts | null;
  readonly problems: readonly FieldProblem[];
}

/** Replayed; `row` is what must be ordered once this is committed. */
export interface Replayed {
  readonly kind: 'done';
  readonly facts: ReplayFacts;
  readonly row: TransferRow;
}

/** Discarded, as `code`; `released` is what must be ordered once this is committed, now that its turn has come. */
export interface Discarded {
  readonly kind: 'done';
  readonly facts: ReplayFacts;
  readonly code: Discarding['code'];
  readonly released: readonly OrderRow[];
}

/**
 * Sends one failed transfer once more. Two that ask at once queue at the lock of its case, and the second finds it under way. It keeps its
 * id, so the receiver recognises it if an earlier attempt did arrive.
 */
export async function replayTransfer(
  trx: Trx, id: string, terms: (facts: ReplayFacts) => ReplayTerms, keys: KeyRing, patience: Patience,
): Promise<Replayed | Refused<ReplayRefusal | 'not-deliverable'>> {
  const facts = (await lockForAction(trx, id, patience))?.facts;
  if (facts === undefined) return refused('transfer-unknown', null);
  const refusal = judgeReplay(facts, terms(facts));
  if (refusal !== null) return refused(refusal, facts);
  const problems = problemsOfPayload(facts, keys);
  if (problems.length > 0) return refused('not-deliverable', facts, problems);
  const [row] = await replayTransfers(trx, [id], patience.receiptMs);
  return row === undefined ? refused('not-failed', facts) : { kind: 'done', facts, row };
}

/** Gives one failed transfer up for good, and sets the next of its lane under way in the same transaction. */
export async function discardTransfer(trx: Trx, id: string, reason: string, patience: Patience): Promise<Discarded | Refused<DiscardRefusal>> {
  const locked = await lockForAction(trx, id, patience);
  if (locked === null) return refused('transfer-unknown', null);
  const { facts, time } = locked;
  const refusal = judgeDiscard(facts, null);
  if (refusal !== null) return refused(refusal, facts);
  const code = discardCodeOf(facts);
  const done = await discardTransfers(trx, [{ id, code }], reason);
  if (done.length === 0) return refused('not-failed', facts);
  const released = await releaseNext(trx, [{ project_no: facts.project_no, destination: facts.destination }], time.at, time.receiptDueAt);
  return { kind: 'done', facts, code, released };
}

/** One that a later update has overtaken goes into the case's history. */
export function discardCodeOf({ overtaken }: Pick<ReplayFacts, 'overtaken'>): Discarding['code'] {
  return overtaken ? 'stale' : 'given-up';
}

/** First the lock of the case, then that of the row: the order of everybody who moves transfers. Null for one that there is not. */
export async function lockForAction(trx: Trx, id: string, patience: Patience): Promise<{ facts: ReplayFacts; time: { at: Date; receiptDueAt: Date } } | null> {
  const [found] = await loadProjectNos(trx, [id]);
  if (found === undefined) return null;
  const time = await lockBatch(trx, [found.project_no], patience);
  await lockTransfers(trx, [id]);
  const [facts] = await loadReplayFacts(trx, [id]);
  return facts === undefined ? null : { facts, time };
}

function refused<Code>(code: Code | 'transfer-unknown', facts: ReplayFacts | null, problems: readonly FieldProblem[] = []): Refused<Code> {
  return { kind: 'refused', code, facts, problems };
}
