import { Instant, OneOf, Part, Prose } from '../validation/field-rules.ts';
import { Operator } from './parts/operator.ts';

/** 作废, 录入错误删除. */
export const VOID_CODES = ['VOIDED', 'DELETED'] as const;
export type VoidCode = (typeof VOID_CODES)[number];

/** `case.voided` 作废: the city bureau takes a case off the books. */
export class CaseVoidedData {
  @Part(() => Operator)
  readonly operator!: Operator;

  @Prose(1000)
  readonly reason!: string;

  @OneOf(VOID_CODES)
  readonly code!: VoidCode;

  @Instant()
  readonly voidedAt!: string;
}
