import { loadCases } from '../ledger/case-rows.ts';
import type { OperationNow } from '../ledger/operation-rows.ts';
import type { ItemVerdict } from '../ledger/operation-tables.ts';
import type { ReplayFacts } from '../ledger/operation-transfer-rows.ts';
import { countReturnsOf, listEditables } from '../ledger/revision-rows.ts';
import { prepareReturn } from '../revisions/prepare-return.ts';
import type { NoReturn } from '../revisions/prepare-return.ts';
import type { Finding } from './examine-item.ts';
import type { StepContext } from './step-context.ts';

/** What is in other hands, and what only has to wait; everything else is nothing that its hall can be asked for. */
const VERDICTS: Readonly<Partial<Record<NoReturn, ItemVerdict>>> = {
  'already-delivered': 'duplicate', 'already-discarded': 'duplicate', 'not-failed': 'duplicate', claimed: 'duplicate', 'edit-pending': 'waiting', 'already-returned': 'waiting',
};

/** Reads what the preflight of a return must know of a page of transfers, and gives what examines each: by the same rules as the return itself. */
export async function examineReturns({ trx, keys }: StepContext, operation: OperationNow, page: readonly ReplayFacts[]): Promise<(facts: ReplayFacts) => Finding> {
  const projectNos = [...new Set(page.map((one) => one.project_no))];
  const rows = new Map((await listEditables(trx, page.map(({ id }) => id))).map((row) => [row.id, row]));
  const cases = new Map((await loadCases(trx, projectNos)).map((found) => [found.project_no, found]));
  const returns = await countReturnsOf(trx, projectNos);
  const terms = { operationId: operation.id, reason: operation.reason, items: operation.return_items ?? [], at: operation.now };
  return (facts) => {
    const row = rows.get(facts.id);
    const found = cases.get(facts.project_no);
    if (row === undefined || found === undefined) return { verdict: 'invalid', note: 'transfer-unknown' };
    const ready = prepareReturn({ facts, row, found, returns: returns.get(facts.project_no) ?? 0 }, terms, keys);
    return ready.kind === 'returnable' ? { verdict: 'sendable', note: null } : { verdict: VERDICTS[ready.code] ?? 'not-returnable', note: ready.code };
  };
}
