import type { ChainPlace } from './chain.ts';
import type { EvidenceProblem } from './problems.ts';

/** Places that were noted elsewhere, outside the reach of whoever could change the ledger. Without any, only the export itself is checked. */
export interface Expectations {
  /** A head of an earlier day: the entry with this number must be in the export, with this hash. */
  readonly expectedHead?: ChainPlace;
  /** Where the export must go on from. */
  readonly expectedStart?: ChainPlace;
}

export interface EvidenceReport {
  readonly ok: boolean;
  readonly entries: number;
  readonly rows: number;
  /** Where the export ends; `null` when it holds no entry. To be noted for the next verification. */
  readonly head: ChainPlace | null;
  readonly firstProblem: EvidenceProblem | null;
  /** The first hundred. */
  readonly problems: readonly EvidenceProblem[];
  readonly problemsTotal: number;
}
