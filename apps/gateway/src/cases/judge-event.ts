import { decide, hallCodeOfParty, isCanaryMixture } from '#contracts';
import type { LifecycleDecision, LifecyclePolicy, TransferIntent } from '#contracts';
import type { ArrivedEvent } from './arrived-event.ts';
import type { BatchMemory } from './batch-memory.ts';
import { caseAfter, openedCase } from './case-record.ts';
import type { CaseRecord } from './case-record.ts';
import { judgeGranted, judgeRevoked, mayReceive } from './grants.ts';
import type { Receiving } from './grants.ts';
import { applied, parked, refused } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** A verdict, what it sends on its way, and whether something changed that a waiting event may have waited for. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly transfers: readonly TransferIntent[];
  readonly progress: boolean;
}

/** Why an event waits that could be applied under a permission. */
export const PERMISSION_AWAITED = 'permission-awaited';

/** Judges one event in the light of the batch's memory and brings the memory up to date. No I/O. */
export function judgeEvent(memory: BatchMemory, arrived: ArrivedEvent, policy: LifecyclePolicy): Judgement {
  const { event } = arrived;
  if (event.type === 'permission.granted' || event.type === 'permission.revoked') return judgePermission(memory, arrived);
  // The doors let no such event in; one that came another way must neither hide a real case nor bring a canary into one.
  if (isCanaryMixture(event)) return { verdict: refused('canary-mixed', '拨测标记与办件编号不符', memory.cases.get(arrived.orderKey)?.facts.status ?? null), transfers: [], progress: false };
  return judgeCase(memory, arrived, policy);
}

function judgeCase(memory: BatchMemory, arrived: ArrivedEvent, policy: LifecyclePolicy): Judgement {
  const { event } = arrived;
  const record = memory.cases.get(arrived.orderKey) ?? null;
  const decision = decide(record?.facts ?? null, {
    type: event.type, party: arrived.party, dataVersion: event.dataversion ?? 1, sequence: event.sequence ?? null, data: event.data,
  }, policy);
  return decision.kind === 'apply' ? judgeLegal(memory, arrived, record, decision) : judgeStopped(memory, record, decision);
}

function judgeLegal(memory: BatchMemory, arrived: ArrivedEvent, record: CaseRecord | null, decision: Applied): Judgement {
  const wanted = receivingOf(arrived);
  if (wanted !== null && !mayReceive(memory.grants.values(), wanted)) return judgeUnpermitted(memory, arrived, record, decision);
  const next = advance(record, arrived, decision);
  if (next === null) return { verdict: refused('case-unknown', '没有这个办件'), transfers: [], progress: false };
  put(memory, next);
  return { verdict: applied(decision.next.status), transfers: decision.transfers, progress: true };
}

/** The permission comes from the bureau by a way of its own, and may still be on it: refused is only what has waited for it long enough. */
function judgeUnpermitted(memory: BatchMemory, { recordedAt }: ArrivedEvent, record: CaseRecord | null, decision: Applied): Judgement {
  const { at, permissionAwaitedSince } = memory.time;
  const status = record?.facts.status ?? null;
  if ((recordedAt ?? at) > permissionAwaitedSince) {
    return { verdict: parked(PERMISSION_AWAITED, '尚未收到办理人的收件权限，先行挂起', status), transfers: [], progress: false };
  }
  // A refused number is used up, or everything its sender says after it would wait for ever.
  if (record !== null) put(memory, { ...record, facts: { ...record.facts, hallSequence: decision.next.hallSequence } });
  return { verdict: refused('no-permission', '办理人在收件时没有该事项的收件权限', status), transfers: [], progress: record !== null };
}

function advance(record: CaseRecord | null, arrived: ArrivedEvent, decision: Applied): CaseRecord | null {
  if (record !== null) return caseAfter(record, arrived.event, decision.next);
  return arrived.event.type === 'case.received' ? openedCase(arrived.event, decision.next) : null;
}

function judgeStopped(memory: BatchMemory, record: CaseRecord | null, decision: Stopped): Judgement {
  const outcome = ({ refuse: 'refused', park: 'parked', ignore: 'ignored' } as const)[decision.kind];
  const next = decision.kind === 'park' ? null : decision.next;
  if (record !== null && next !== null) put(memory, { ...record, facts: next });
  const verdict = { outcome, code: decision.code, zh: decision.zh, statusAfter: record?.facts.status ?? null };
  return { verdict, transfers: [], progress: next !== null };
}

function judgePermission(memory: BatchMemory, arrived: ArrivedEvent): Judgement {
  const { event } = arrived;
  if (arrived.party !== 'bureau') {
    return { verdict: refused('not-your-event', '只有市局可以开通或收回收件权限'), transfers: [], progress: false };
  }
  if (event.type === 'permission.granted') return permissionJudged(memory, arrived, judgeGranted(memory.grants, event.data));
  if (event.type === 'permission.revoked') return permissionJudged(memory, arrived, judgeRevoked(memory.grants, event.data));
  throw new Error(`${event.type} is no permission event`);
}

function permissionJudged(memory: BatchMemory, arrived: ArrivedEvent, verdict: Verdict): Judgement {
  const progress = verdict.outcome === 'applied';
  if (progress) memory.permissionEvents.push(arrived.event);
  return { verdict, transfers: [], progress };
}

/**
 * What the event does under a permission: a receipt, judged at the time it says the window took it; or the correction of one,
 * judged at the time of the correction (else a correction could put an item in that its clerk may not receive).
 */
function receivingOf(arrived: ArrivedEvent): Receiving | null {
  const { event } = arrived;
  const hallCode = hallCodeOfParty(arrived.party) ?? '';
  if (event.type === 'case.received') {
    return { userId: event.data.operator.id, hallCode, itemCode: event.data.itemCode, at: event.data.receivedAt };
  }
  if (event.type === 'case.corrected' && event.data.receipt !== undefined) {
    return { userId: event.data.operator.id, hallCode, itemCode: event.data.receipt.itemCode, at: event.time };
  }
  return null;
}

function put(memory: BatchMemory, record: CaseRecord): void {
  memory.cases.set(record.projectNo, record);
  memory.changed.add(record.projectNo);
}

type Applied = Extract<LifecycleDecision, { kind: 'apply' }>;
type Stopped = Exclude<LifecycleDecision, { kind: 'apply' }>;
