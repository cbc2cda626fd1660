import type { Transaction } from 'kysely';
import type { Caller } from '../../access/caller.ts';
import { recordAction } from '../../evidence/record-action.ts';
import type { LedgerTables } from '../../ledger/tables.ts';

/** Records that a person saw values of a transfer by its form or by an edit: fields of a message, as its body is, and never which values. */
export async function recordLook(
  trx: Transaction<LedgerTables>, caller: Caller, action: 'transfer.form-seen' | 'transfer.edit-seen', transferId: string, facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  await recordAction(trx, { caller, action, subjectKind: 'transfer', subject: transferId, reason: '', result: 'done', facts });
}
