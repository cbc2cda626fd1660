import { OneOf, Optional, Part, Prose } from '../validation/field-rules.ts';
import { Acceptance } from './parts/acceptance.ts';
import { CaseResult } from './parts/case-result.ts';
import { Operator } from './parts/operator.ts';
import { Receipt } from './parts/receipt.ts';
import { ReviewStep } from './parts/review-step.ts';

/** What may be corrected, the body that carries it, and who may do so. */
export const CORRECTIONS = {
  'case.received': { body: 'receipt', sender: 'hall' },
  'case.accepted': { body: 'acceptance', sender: 'centre' },
  'case.step.recorded': { body: 'step', sender: 'centre' },
  'case.completed': { body: 'completion', sender: 'centre' },
} as const;
export type CorrectableType = keyof typeof CORRECTIONS;

/** `case.corrected` 数据更正: the sender of an earlier event mends what it said; exactly the body that `corrects` names is present, whole. */
export class CaseCorrectedData {
  @Part(() => Operator)
  readonly operator!: Operator;

  @Prose(1000)
  readonly reason!: string;

  @OneOf(Object.keys(CORRECTIONS))
  readonly corrects!: CorrectableType;

  @Optional() @Part(() => Receipt)
  readonly receipt?: Receipt;

  @Optional() @Part(() => Acceptance)
  readonly acceptance?: Acceptance;

  @Optional() @Part(() => ReviewStep)
  readonly step?: ReviewStep;

  @Optional() @Part(() => CaseResult)
  readonly completion?: CaseResult;
}
