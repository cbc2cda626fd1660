import { Line, Optional, Prose } from '../validation/field-rules.ts';
import { PaperMovement } from './parts/paper-movement.ts';

/** `paper.received` 纸质收取: the hall has the paper. */
export class PaperReceivedData extends PaperMovement {
  @Optional() @Line(100)
  readonly handoverFrom?: string;

  @Optional() @Line(100)
  readonly handoverTo?: string;

  @Optional() @Prose(500)
  readonly note?: string;
}
