import { Part } from '../validation/field-rules.ts';
import { Operator } from './parts/operator.ts';
import { EndedSpecialProcedure } from './parts/special-procedure.ts';

/** `case.resumed` 特别程序结束. */
export class CaseResumedData {
  @Part(() => Operator)
  readonly operator!: Operator;

  @Part(() => EndedSpecialProcedure)
  readonly special!: EndedSpecialProcedure;
}
