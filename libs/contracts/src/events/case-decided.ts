import { Part } from '../validation/field-rules.ts';
import { Decision } from './parts/decision.ts';
import { Operator } from './parts/operator.ts';

/** `case.decided` 审核决定. */
export class CaseDecidedData {
  @Part(() => Operator)
  readonly operator!: Operator;

  @Part(() => Decision)
  readonly decision!: Decision;
}
