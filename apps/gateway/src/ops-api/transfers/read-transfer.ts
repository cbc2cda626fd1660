import type { KeyRing } from '#runtime';
import { loadReplayFacts } from '../../ledger/operation-transfer-rows.ts';
import type { ReplayFacts } from '../../ledger/operation-transfer-rows.ts';
import { findOpenReturn } from '../../ledger/revision-rows.ts';
import type { DedupeWindows } from '../../operations/dedupe-windows.ts';
import { judgeReplay } from '../../operations/judge-replay.ts';
import type { ReplayRefusal } from '../../operations/judge-replay.ts';
import { problemsOfPayload } from '../../operations/read-payload.ts';
import { beijingTime } from '../beijing-time.ts';
import type { Reading } from '../ops-ledger.ts';
import { scrubbedOrNull } from '../personal-numbers.ts';
import { attemptsOf, findTransfer, operationsOf } from '../queries/find-transfer.ts';
import { showReturnProblem } from '../revisions/return-problems.ts';
import { ATTEMPT_OUTCOMES } from '../words.ts';
import { refusal, refusalZh } from './refusals.ts';
import { showTransfer } from './show-transfer.ts';
import type { TransferAttemptAnswer, TransferDetailAnswer } from './transfer-detail.answer.ts';

/** One transfer with its attempts, and whether it could be replayed now. Throws an OpsProblem `transfer-unknown`. */
export async function readTransfer(trx: Reading, id: string, windows: DedupeWindows, keys: KeyRing): Promise<TransferDetailAnswer> {
  const row = await findTransfer(trx, id);
  const [facts] = await loadReplayFacts(trx, [id]);
  if (row === undefined || facts === undefined) throw refusal({ kind: 'refused', code: 'transfer-unknown', facts: null, problems: [] });
  const code = refusalOf(facts, windows, keys);
  const attempts = await attemptsOf(trx, id);
  const parts = await operationsOf(trx, id);
  return {
    ...showTransfer(row),
    replayable: code === null, replayRefusal: code, replayRefusalZh: code === null ? null : refusalZh(code, facts),
    claimedBy: facts.claimed_by, behind: facts.behind, returnProblem: showReturnProblem(await findOpenReturn(trx, id)),
    attemptList: attempts.map(showAttempt),
    operations: parts.map((part) => ({ operationId: part.operation_id, kind: part.kind, state: part.state, verdict: part.verdict })),
  };
}

function refusalOf(facts: ReplayFacts, windows: DedupeWindows, keys: KeyRing): ReplayRefusal | 'not-deliverable' | null {
  const code = judgeReplay(facts, { operationId: null, windowMs: windows.of(facts.destination), override: false });
  return code ?? (problemsOfPayload(facts, keys).length > 0 ? 'not-deliverable' : null);
}

function showAttempt(row: Awaited<ReturnType<typeof attemptsOf>>[number]): TransferAttemptAnswer {
  return {
    attempt: row.attempt, startedAt: beijingTime(row.started_at), finishedAt: beijingTime(row.finished_at), latencyMs: row.latency_ms,
    outcome: row.outcome, outcomeZh: ATTEMPT_OUTCOMES[row.outcome], httpStatus: row.http_status, errorCode: row.error_code,
    errorDetail: scrubbedOrNull(row.error_detail), responseDigest: row.response_digest,
  };
}
