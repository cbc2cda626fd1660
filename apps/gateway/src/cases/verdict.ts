import type { CaseStatus } from '#contracts';
import type { EventOutcome } from '../ledger/tables.ts';

/** What the gateway made of an event, in the words the timeline shows. */
export interface Verdict {
  readonly outcome: EventOutcome;
  /** Machine word for the cause; `null` when applied. */
  readonly code: string | null;
  readonly zh: string | null;
  readonly statusAfter: CaseStatus | null;
}

export function applied(statusAfter: CaseStatus | null): Verdict {
  return { outcome: 'applied', code: null, zh: null, statusAfter };
}

export function refused(code: string, zh: string, statusAfter: CaseStatus | null = null): Verdict {
  return { outcome: 'refused', code, zh, statusAfter };
}

export function parked(code: string, zh: string, statusAfter: CaseStatus | null = null): Verdict {
  return { outcome: 'parked', code, zh, statusAfter };
}

export function ignored(code: string, zh: string, statusAfter: CaseStatus | null = null): Verdict {
  return { outcome: 'ignored', code, zh, statusAfter };
}
