import type { ChainPlace } from './chain.ts';
import type { EvidenceProblem } from './problems.ts';

/** Places that were noted elsewhere, outside the reach of whoever could change the ledger. Without any, only the export itself is checked. */
export interface Expectations {
  /** A head of an earlier day: the entry with this number must be in the export, with this hash. */
  readonly expectedHead?: ChainPlace;
  /** Where the export must go on from. */
  readonly expectedStart?: ChainPlace;
  /** Entries that must be in the export as they are in another file. */
  readonly expectedPlaces?: readonly ChainPlace[];
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

/** What is told of the export of one case. */
export interface CaseEvidenceReport extends EvidenceReport {
  readonly projectNo: string;
  /** Rows of the case that were not under seal yet when it was exported, and so are not in it. */
  readonly unsealed: number;
  /** The entries in the file: whether they are those of the chain, an export of the chain tells. */
  readonly places: readonly ChainPlace[];
}
