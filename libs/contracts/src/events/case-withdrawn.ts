import { Instant, Part, Prose } from '../validation/field-rules.ts';
import { Operator } from './parts/operator.ts';

/** `case.withdrawn` 撤回: the applicant took the application back, at the hall or at the centre. */
export class CaseWithdrawnData {
  @Part(() => Operator)
  readonly operator!: Operator;

  @Prose(1000)
  readonly reason!: string;

  @Instant()
  readonly withdrawnAt!: string;
}
