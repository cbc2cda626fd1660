import type { DoorError } from './door-error.ts';
import type { Verdict } from './judge-event.ts';
import { PROBLEM_MEDIA_TYPE, problemOf, retryAfterSeconds } from './problem.ts';

const JSON_MEDIA_TYPE = 'application/json; charset=utf-8';

/** An HTTP answer, ready to be written. `retryAfter` is in whole seconds. */
export interface DoorAnswer {
  readonly status: number;
  readonly mediaType: string;
  readonly retryAfter: string | null;
  readonly body: string;
}

/** The answer to a request that was refused as a whole. */
export function answerRefused(error: DoorError, traceId: string | null): DoorAnswer {
  return {
    status: error.status,
    mediaType: PROBLEM_MEDIA_TYPE,
    retryAfter: retryAfterSeconds(error),
    body: JSON.stringify(problemOf(error, traceId)),
  };
}

/** The answer to a request whose one event was taken: 202. Names no transfer (`null`) where there can be none. */
export function answerAccepted(id: string, transferId: string | null): DoorAnswer {
  return { status: 202, mediaType: JSON_MEDIA_TYPE, retryAfter: null, body: JSON.stringify({ id, ...named(transferId), status: 'accepted' }) };
}

const named = (transferId: string | null): { transferId?: string } => (transferId === null ? {} : { transferId });

/** The answer to a batch, one entry per event in the order of the batch: 202 when all were taken, else 207. */
export function answerBatch(verdicts: readonly Verdict[], traceId: string | null): DoorAnswer {
  const entries = verdicts.map((verdict) => ('refused' in verdict
    ? { id: idOf(verdict.value), status: verdict.refused.status, problem: problemOf(verdict.refused, traceId) }
    : { id: verdict.passing.event.id, status: 202, ...named(verdict.passing.transferId) }));
  const status = entries.every((entry) => entry.status === 202) ? 202 : 207;
  return { status, mediaType: JSON_MEDIA_TYPE, retryAfter: null, body: JSON.stringify(entries) };
}

/** The refusal that stands for a whole batch: nothing was taken, and it is the bridge's fault. `null` when there is none. */
export function commonOutage(verdicts: readonly Verdict[]): DoorError | null {
  const first = verdicts[0];
  if (first === undefined || !('refused' in first)) return null;
  const isOutage = verdicts.every((verdict) => 'refused' in verdict && verdict.refused.status === 503);
  return isOutage ? first.refused : null;
}

function idOf(value: unknown): string | null {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' ? value.id.slice(0, 64) : null;
}
