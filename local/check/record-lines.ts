/** Free-form content, as the simulators wrote it down. */
export type Facts = Readonly<Record<string, unknown>>;

export type Side = 'platform' | 'centre';

/** An event that a simulator was about to send. */
export interface Sent {
  readonly k: 'sending';
  readonly n: number;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly projectNo: string | null;
  readonly sequence: number | null;
  readonly dataVersion: number;
  readonly facts: Facts;
  readonly at: number;
}

/** The bridge's final answer to an event. */
export interface Answered {
  readonly k: 'answer';
  readonly id: string;
  readonly source: string;
  readonly projectNo: string | null;
  readonly status: number;
  readonly transferId: string | null;
  readonly at: number;
}

/** Something the bridge brought and the simulator applied. */
export interface Effect {
  readonly k: 'effect';
  readonly n: number;
  readonly key: string;
  readonly projectNo: string;
  readonly hall: string | null;
  readonly kind: string;
  readonly updateSequence: number | null;
  readonly facts: Facts;
  readonly at: number;
}

export interface Repeated { readonly k: 'repeat'; readonly key: string; readonly projectNo: string; readonly same: boolean; readonly at: number }
export interface Ended { readonly k: 'end'; readonly projectNo: string; readonly result: string; readonly at: number }
/** A canary (拨测), or something else that is no part of a case. */
export interface Other { readonly k: 'born' | 'refused' | 'canary'; readonly at: number; readonly projectNo?: string | null }

/** One line of a simulator's record; the simulators' README documents the form. */
export type Line = Sent | Answered | Effect | Repeated | Ended | Other;

const KINDS: ReadonlySet<unknown> = new Set(['sending', 'answer', 'effect', 'repeat', 'end', 'born', 'refused', 'canary']);

/** @throws for a line that is not of the record's form: a record that cannot be read proves nothing. */
export function parseLine(text: string): Line {
  const line: unknown = JSON.parse(text);
  if (typeof line !== 'object' || line === null || !('k' in line) || !KINDS.has(line.k) || !('at' in line) || typeof line.at !== 'number') {
    throw new Error(`not a line of a record: ${text.slice(0, 80)}`);
  }
  return line as Line;
}
