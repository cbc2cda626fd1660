/**
 * The record of a simulator: one JSON line per thing that happened, in the order it happened. `at` is in milliseconds since 1970
 * on the program's own clock (fractions allowed). Every line is on file before the thing it tells of becomes visible outside.
 */

/** First line of a data folder. */
export interface BornLine { readonly k: 'born'; readonly program: 'platform' | 'centre'; readonly series: string; readonly at: number }

/** An event is about to be sent for the first time. Together with the scenario it is enough to build the same event again. */
export interface SendingLine {
  readonly k: 'sending';
  /** Order among all events this program ever sent. */
  readonly n: number;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly projectNo: string | null;
  /** What to build: the name of the step; the builder's input, not part of the event. */
  readonly step: string;
  /** Number of the event within the case for this sender, where it carries one. */
  readonly sequence: number | null;
  readonly dataVersion: number;
  /** What the step needs to know of earlier news, such as the round and materials of a supplement notice. */
  readonly input: Readonly<Record<string, unknown>>;
  /** What the receiver on the far side must be able to see of it, for the comparison. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/** The bridge's final answer to an event; `status` 202 is an acceptance. */
export interface AnswerLine {
  readonly k: 'answer';
  readonly id: string;
  readonly source: string;
  readonly projectNo: string | null;
  readonly status: number;
  readonly transferId: string | null;
  readonly code: string | null;
  readonly tries: number;
  readonly at: number;
}

/** Something the bridge brought, applied once. */
export interface EffectLine {
  readonly k: 'effect';
  /** Order of arrival among all effects of this program. */
  readonly n: number;
  /** The Idempotency-Key. */
  readonly key: string;
  readonly projectNo: string;
  /** The hall it was shown at; `null` at the centre. */
  readonly hall: string | null;
  readonly kind: string;
  readonly updateSequence: number | null;
  /** SHA-256 (hex) of the raw body. */
  readonly digest: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/** A key that came again; `same` says whether the body was the same. It had no second effect. */
export interface RepeatLine { readonly k: 'repeat'; readonly key: string; readonly projectNo: string; readonly same: boolean; readonly at: number }

/** Something the bridge brought that was refused. */
export interface RefusedLine { readonly k: 'refused'; readonly status: number; readonly code: string; readonly key: string | null; readonly projectNo: string | null; readonly at: number }

/** The case is at its end as this side sees it. */
export interface EndLine { readonly k: 'end'; readonly projectNo: string; readonly result: string; readonly at: number }

/** A canary (拨测): brought by the bridge, or an outcome of the sandbox with the bridge's final answer. It counts nowhere as a case. */
export interface CanaryLine {
  readonly k: 'canary';
  readonly what: 'brought' | 'repeated' | 'sent';
  /** The Idempotency-Key of what was brought, the event id of what was sent. */
  readonly key: string;
  readonly projectNo: string;
  /** The kind of work item or record, or the type of the event; `null` for a repetition. */
  readonly kind: string | null;
  /** The bridge's answer to what was sent. */
  readonly status: number | null;
  readonly at: number;
}

export type RecordLine = BornLine | SendingLine | AnswerLine | EffectLine | RepeatLine | RefusedLine | EndLine | CanaryLine;

/** Milliseconds since 1970 with fractions; monotonic within a process. */
export function now(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 100) / 100;
}
