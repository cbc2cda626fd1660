import { Line, Optional, Prose } from '../validation/field-rules.ts';
import { PaperMovement } from './parts/paper-movement.ts';

/** `paper.returnedToApplicant` 纸质退还: the applicant has the paper back. */
export class PaperReturnedToApplicantData extends PaperMovement {
  @Optional() @Line(100)
  readonly handoverFrom?: string;

  @Optional() @Line(100)
  readonly handoverTo?: string;

  @Optional() @Prose(500)
  readonly note?: string;
}
