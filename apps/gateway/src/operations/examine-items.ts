import { setImmediate as breathe } from 'node:timers/promises';
import { loadShutDestinations } from '../ledger/edge-rows.ts';
import { claimTransfers, listItemsAfter, writeFindings } from '../ledger/operation-item-rows.ts';
import type { ItemFinding, ItemPlace } from '../ledger/operation-item-rows.ts';
import { changeOperation, recentLatency } from '../ledger/operation-rows.ts';
import type { OperationNow } from '../ledger/operation-rows.ts';
import type { ItemVerdict } from '../ledger/operation-tables.ts';
import { loadReplayFacts } from '../ledger/operation-transfer-rows.ts';
import type { ReplayFacts } from '../ledger/operation-transfer-rows.ts';
import { examineItem, isGoing } from './examine-item.ts';
import type { Finding } from './examine-item.ts';
import { examineReturns } from './examine-returns.ts';
import { problemsOfPayload } from './read-payload.ts';
import { recordStep } from './record-step.ts';
import { AT_ONCE, RESTS } from './step-context.ts';
import type { StepContext, StepOutcome } from './step-context.ts';

const PAGE = 100;
/** Opening and checking so many payloads takes some milliseconds; then the messages of this process have their turn. */
const AT_A_STRETCH = 5;

type Counts<Word extends string = ItemVerdict> = Readonly<Partial<Record<Word, number>>>;

/** The preflight of the next page. What is going to be sent is claimed here; what somebody else has claimed meanwhile is a duplicate. */
export async function examinePage(context: StepContext, operation: OperationNow): Promise<StepOutcome> {
  const { trx } = context;
  const { id } = operation;
  const items = await listItemsAfter(trx, id, operation.examined_until, PAGE);
  const findings = items.length === 0 ? [] : await examine(context, operation, items);
  if (findings.length > 0) await writeFindings(trx, id, findings);
  const verdicts = count(operation.verdicts, findings.map(({ verdict }) => verdict));
  const left = findings.filter(({ state }) => state === 'skipped');
  const progress = {
    examined: operation.examined + findings.length, verdicts: JSON.stringify(verdicts),
    left_out: JSON.stringify(count<string>(operation.left_out, left.map(({ note, verdict }) => note ?? verdict))), skipped: operation.skipped + left.length,
    examined_until: items.at(-1)?.seq ?? operation.examined_until,
  };
  if (items.length === PAGE) {
    await changeOperation(trx, id, progress);
    return AT_ONCE;
  }
  const next = whatFollows(context, toSend(verdicts), operation.now);
  await changeOperation(trx, id, { ...progress, ...next, latency_ms: await recentLatency(trx) });
  await recordStep(trx, { operationId: id, what: 'examined', result: next.status, facts: { ...verdicts } });
  return RESTS;
}

/** How many an operation is going to send, by what its preflight counted. */
export function toSend(verdicts: Counts): number {
  return (verdicts.sendable ?? 0) + (verdicts['endpoint-down'] ?? 0);
}

function whatFollows({ config }: StepContext, count: number, now: Date) {
  if (count === 0) return { status: 'completed', status_reason: 'nothing-to-send', needs_approval: false, finished_at: now } as const;
  const needsApproval = count > config.operationApproveAbove;
  return { status: needsApproval ? 'awaiting-approval' : 'ready', needs_approval: needsApproval } as const;
}

async function examine(context: StepContext, operation: OperationNow, items: readonly ItemPlace[]): Promise<ItemFinding[]> {
  const { trx } = context;
  const page = await loadReplayFacts(trx, items.map((item) => item.transfer_id));
  const facts = new Map(page.map((one) => [one.id, one]));
  const examineOne = operation.kind === 'return' ? await examineReturns(context, operation, page) : await examineSendings(context, operation);
  const found: [ItemPlace, Finding][] = [];
  for (const item of items) {
    const one = facts.get(item.transfer_id);
    found.push([item, one === undefined ? { verdict: 'invalid', note: 'transfer-unknown' } : examineOne(one)]);
    if (found.length % AT_A_STRETCH === 0) await breathe();
  }
  const claimed = await claimTransfers(trx, operation.id, found.filter(([, finding]) => isGoing(finding)).map(([item]) => item.transfer_id));
  return found.map(([item, finding]) => findingOf(item, isGoing(finding) && !claimed.has(item.transfer_id) ? { verdict: 'duplicate', note: 'claimed' } : finding));
}

async function examineSendings({ trx, keys, windows, config }: StepContext, { id, kind, override }: OperationNow): Promise<(facts: ReplayFacts) => Finding> {
  const shut = new Set(await loadShutDestinations(trx, config.programSilentMs));
  return (one) => {
    const terms = { operationId: id, windowMs: windows.of(one.destination), override };
    return examineItem(kind, one, terms, () => problemsOfPayload(one, keys).length === 0, shut.has(one.destination));
  };
}

function findingOf({ seq }: ItemPlace, finding: Finding): ItemFinding {
  return { seq, ...finding, state: isGoing(finding) ? 'pending' : 'skipped' };
}

function count<Word extends string>(before: Counts<Word>, words: readonly Word[]): Counts<Word> {
  const counts: Partial<Record<Word, number>> = { ...before };
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
