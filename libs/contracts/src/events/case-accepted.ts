import { Part } from '../validation/field-rules.ts';
import { Acceptance } from './parts/acceptance.ts';
import { Operator } from './parts/operator.ts';

/** `case.accepted` 受理: the centre accepted the application after its full examination. */
export class CaseAcceptedData extends Acceptance {
  @Part(() => Operator)
  readonly operator!: Operator;
}
