import { Part } from '../validation/field-rules.ts';
import { Operator } from './parts/operator.ts';
import { Receipt } from './parts/receipt.ts';

/** `case.received` 收件: a hall took an application in after the formal check. */
export class CaseReceivedData extends Receipt {
  @Part(() => Operator)
  readonly operator!: Operator;
}
