/** Why an operation stops itself. */
export type AbortReason = 'new-failure' | 'failure-ratio';

/** What is known of an operation under way when it is judged. */
export interface Progress {
  readonly canary: boolean;
  readonly sent: number;
  readonly troubled: number;
  readonly recentJudged: number;
  readonly recentTroubled: number;
  /** Whether something failed in a way in which none of the frozen set had failed. */
  readonly newFailure: boolean;
}

export interface AbortRules {
  readonly ratio: number;
  readonly onNew: boolean;
}

/** Fewer than this say nothing about a share. */
const LEAST_JUDGED = 20;
/** So many are remembered; beyond it the older ones count half. */
const REMEMBERED = 200;

/**
 * Whether an operation has to stop. During the canary everything that did not arrive at its first attempt counts against all that was sent;
 * afterwards the last some hundreds count, so that a destination that breaks in the middle is noticed however many arrived before.
 */
export function judgeAbort({ canary, sent, troubled, recentJudged, recentTroubled, newFailure }: Progress, { ratio, onNew }: AbortRules): AbortReason | null {
  if (newFailure && onNew) return 'new-failure';
  if (canary) return sent > 0 && troubled / sent > ratio ? 'failure-ratio' : null;
  return recentJudged >= LEAST_JUDGED && recentTroubled / recentJudged > ratio ? 'failure-ratio' : null;
}

/** The memory of what was judged lately, with these added. */
export function remember(before: { readonly judged: number; readonly troubled: number }, judged: number, troubled: number): { judged: number; troubled: number } {
  const sum = { judged: before.judged + judged, troubled: before.troubled + troubled };
  return sum.judged > REMEMBERED ? { judged: sum.judged / 2, troubled: sum.troubled / 2 } : sum;
}
