import type { Transaction } from 'kysely';
import type { Patience } from '../cases/batch-time.ts';
import type { ReplayFacts } from '../ledger/operation-transfer-rows.ts';
import { closeReturn, findOpenReturn } from '../ledger/revision-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { lockForAction } from '../operations/act-on-transfer.ts';

/** Why no return was taken back. */
export interface TakeBackRefused {
  readonly kind: 'refused';
  readonly code: 'transfer-unknown' | 'not-returned';
}

export interface TakenBack {
  readonly kind: 'done';
  readonly facts: ReplayFacts;
  readonly returnId: string;
  readonly noticeId: string;
}

/**
 * Ends the waiting for a hall: the transfer can be replayed, edited or discarded again, as it is. What the hall was told stays told; a
 * correction that comes all the same is an ordinary one.
 */
export async function takeBackReturn(trx: Transaction<LedgerTables>, id: string, patience: Patience): Promise<TakenBack | TakeBackRefused> {
  const locked = await lockForAction(trx, id, patience);
  if (locked === null) return { kind: 'refused', code: 'transfer-unknown' };
  const open = await findOpenReturn(trx, id);
  if (open === undefined) return { kind: 'refused', code: 'not-returned' };
  await closeReturn(trx, open.id, { at: locked.time.at, endedAs: 'taken-back', eventSeq: null });
  return { kind: 'done', facts: locked.facts, returnId: open.id, noticeId: open.notice_id };
}
