/** What can be wrong between the two records and the ledger. */
export type FindingKind = 'lost' | 'duplicated' | 'outOfOrder' | 'altered' | 'unexplained';

/** One thing that is wrong, named so that a person can look it up. */
export interface Finding {
  readonly kind: FindingKind;
  readonly projectNo: string;
  /** Machine word for what was seen, such as `no-effect` or `key-applied-twice`. */
  readonly what: string;
  /** Event id, transfer key or field names. */
  readonly detail: string;
}

const MOST_KEPT = 200;

/** Counts every finding once per cause and keeps the first ones for the report. */
export class Findings {
  readonly counts: Record<FindingKind, number> = { lost: 0, duplicated: 0, outOfOrder: 0, altered: 0, unexplained: 0 };
  readonly kept: Finding[] = [];

  readonly #causes = new Set<string>();

  /** `causes` are the events and transfers concerned: what the ledger says of one that is already on the list adds nothing. */
  add(kind: FindingKind, projectNo: string, what: string, detail: string, causes: readonly string[] = []): void {
    const known = causes.some((cause) => this.#causes.has(cause));
    for (const cause of causes) this.#causes.add(cause);
    if (!known) this.addTimes(kind, projectNo, what, detail, 1);
  }

  /** The same thing several times over, in one entry of the list. */
  addTimes(kind: FindingKind, projectNo: string, what: string, detail: string, times: number): void {
    if (times <= 0) return;
    this.counts[kind] += times;
    if (this.kept.length < MOST_KEPT) this.kept.push({ kind, projectNo, what, detail });
  }
}
