import { createHash } from 'node:crypto';
import type { Destination, ErrorWord } from '#contracts';
import { contractField, detailField } from './detail-field.ts';
import { failureClass } from './failure-class.ts';
import type { FailureClass } from './failure-class.ts';
import type { Failure } from './failure.ts';
import { normaliseDetail } from './normalise-detail.ts';

/** What failures of one group have in common (失败特征). */
export interface FailureSignature {
  readonly destination: Destination;
  readonly kind: string;
  readonly errorWord: ErrorWord;
  readonly errorCode: string | null;
  readonly httpStatus: number | null;
  /** The field of the contract that the failure names; `null` when it names none. */
  readonly field: string | null;
}

/** A signature, with the id its group has for ever, and what follows from it. */
export interface SignedFailure {
  /** `fg_` and 24 hexadecimal digits. */
  readonly id: string;
  readonly signature: FailureSignature;
  /** The error detail without what differs from failure to failure. */
  readonly text: string;
  readonly failureClass: FailureClass;
}

const ID_DIGITS = 24;

/**
 * What a failure has in common with others like it: where it went, what it carried, the error word, code and status, the field of the
 * contract, and the detail without its variable parts. Equal failures have one id, on every gateway and after every start.
 */
export function failureSignature({ destination, kind, errorWord, errorCode, httpStatus, errorDetail }: Omit<Failure, 'projectNo'>): SignedFailure {
  const detail = errorDetail ?? '';
  const named = detailField(detail, errorWord === 'invalid');
  const field = named === null ? null : contractField(named);
  const text = normaliseDetail(detail, named);
  const signature = { destination, kind, errorWord, errorCode, httpStatus, field };
  const digest = createHash('sha256').update(JSON.stringify([destination, kind, errorWord, errorCode, httpStatus, field, text])).digest('hex');
  return { id: `fg_${digest.slice(0, ID_DIGITS)}`, signature, text, failureClass: failureClass(destination, errorWord, errorCode) };
}
