import { Instant, OneOf, Part, Prose } from '../validation/field-rules.ts';
import { Operator } from './parts/operator.ts';

/** 退件, 不予受理, 补正超期. */
export const RETURN_CODES = ['RETURNED', 'NOT_ACCEPTED', 'SUPPLEMENT_TIMEOUT'] as const;
export type ReturnCode = (typeof RETURN_CODES)[number];

/** `case.returned` 退件: the centre does not take the application on. */
export class CaseReturnedData {
  @Part(() => Operator)
  readonly operator!: Operator;

  @OneOf(RETURN_CODES)
  readonly code!: ReturnCode;

  @Prose(1000)
  readonly reason!: string;

  @Instant()
  readonly returnedAt!: string;
}
