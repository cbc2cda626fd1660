import { Part } from '../validation/field-rules.ts';
import { Operator } from './parts/operator.ts';
import { ReviewStep } from './parts/review-step.ts';

/** `case.step.recorded` 审核环节: one step of the centre's review. */
export class CaseStepRecordedData {
  @Part(() => Operator)
  readonly operator!: Operator;

  @Part(() => ReviewStep)
  readonly step!: ReviewStep;
}
