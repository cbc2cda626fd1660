import { findEditable, listDeliveries, listRevisions } from '../../ledger/revision-rows.ts';
import { revisionOutcome } from '../../revisions/revision-outcome.ts';
import type { RevisionCauseCode, RevisionOutcome } from '../../revisions/revision-outcome.ts';
import { beijingTime } from '../beijing-time.ts';
import type { Reading } from '../ops-ledger.ts';
import { findTransfer } from '../queries/find-transfer.ts';
import { refusal } from '../transfers/refusals.ts';
import type { RevisionList } from './edit.answer.ts';

const OUTCOMES: Readonly<Record<RevisionOutcome, string>> = {
  waiting: '尚未发出', sending: '正在投递', accepted: '已送达：更正后的报文生效', rejected: '未生效：对方拒收，或已放弃', superseded: '已作废',
};

const CAUSES: Readonly<Record<NonNullable<RevisionCauseCode>, string>> = {
  'original-arrived': '已作废：原件已送达（同一编号，对方只生效一次），更正没有生效，或无法确定；请向对方核实',
  'already-there': '已作废：对方答已有同一编号的报文，可能是原件已经生效；请向对方核实',
  replaced: '已作废：被后来的修订取代',
  'id-reused': '未生效：对方答同一编号曾收到不同的内容（409），原件可能已经生效；请向对方核实',
};

/** The revisions of a transfer, the newest first, with what became of each. @throws OpsProblem `transfer-unknown` */
export async function readRevisions(trx: Reading, id: string): Promise<RevisionList> {
  const row = await findEditable(trx, id);
  const transfer = await findTransfer(trx, id);
  if (row === undefined || transfer === undefined) throw refusal({ kind: 'refused', code: 'transfer-unknown', facts: null, problems: [] });
  const deliveries = await listDeliveries(trx, id);
  const revisions = await listRevisions(trx, id);
  return {
    revision: row.revision,
    items: revisions.map((one) => {
      const { outcome, cause } = revisionOutcome({
        attemptsBefore: one.attempts_before, replaced: one.revision < row.revision, status: row.status, attempts: row.attempts, httpStatus: transfer.http_status, deliveries,
      });
      return {
        revision: one.revision, cause: one.cause, author: one.author_name, approver: one.approver_name, reason: one.reason, ticket: one.ticket, madeAt: beijingTime(one.made_at),
        changedPaths: one.changed_paths, attemptsBefore: one.attempts_before, digestBefore: one.digest_before, digestAfter: one.digest_after,
        outcome, outcomeZh: cause === null ? OUTCOMES[outcome] : CAUSES[cause],
      };
    }),
  };
}
