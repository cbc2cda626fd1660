import { Part } from '../validation/field-rules.ts';
import { Operator } from './parts/operator.ts';
import { SpecialProcedure } from './parts/special-procedure.ts';

/** `case.suspended` 特别程序开始. */
export class CaseSuspendedData {
  @Part(() => Operator)
  readonly operator!: Operator;

  @Part(() => SpecialProcedure)
  readonly special!: SpecialProcedure;
}
