import type { Party } from '../event-types.ts';

/** A field that broke a rule, named so that the sender can mend it. */
export interface FieldProblem {
  /** Path in the body, such as `data.applicant.certNo`. */
  readonly field: string;
  readonly rule: string;
  readonly zh: string;
  readonly en: string;
}

/** A request or an event refused at the door; it carries no value of the body, only names of fields. */
export interface DoorRefusal {
  readonly refusalId: string;
  readonly at: string;
  readonly app: 'district-adapter' | 'centre-adapter';
  readonly path: string;
  /** The proven sender; `null` when the signature did not prove one. */
  readonly party: Party | null;
  readonly keyId: string | null;
  readonly status: number;
  readonly code: string;
  readonly problems: readonly FieldProblem[];
  readonly eventId: string | null;
  readonly eventType: string | null;
  readonly projectNo: string | null;
  readonly bodyBytes: number;
  readonly bodyDigest: string | null;
}
