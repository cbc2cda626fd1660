import { Instant, Optional, Part } from '../validation/field-rules.ts';
import { Reference } from '../validation/forms.ts';
import { Operator } from './parts/operator.ts';

/** `case.delivery.acknowledged` 送达确认: the centre has the work item that opens the case. */
export class CaseDeliveryAcknowledgedData {
  @Part(() => Operator)
  readonly operator!: Operator;

  @Instant()
  readonly acknowledgedAt!: string;

  /** 业务流水号 YWLSH: the centre's own number. */
  @Optional() @Reference()
  readonly fundBusinessNo?: string;
}
