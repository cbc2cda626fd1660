import { Optional, Part } from '../validation/field-rules.ts';
import { CaseResult } from './parts/case-result.ts';
import { Decision } from './parts/decision.ts';
import { Operator } from './parts/operator.ts';

/** `case.completed` 办结. */
export class CaseCompletedData {
  @Part(() => Operator)
  readonly operator!: Operator;

  @Part(() => CaseResult)
  readonly result!: CaseResult;

  /** Only for an immediate case (即办件), decided and completed in one. */
  @Optional() @Part(() => Decision)
  readonly decision?: Decision;
}
