import { Line, Optional, Prose } from '../validation/field-rules.ts';
import { PaperMovement } from './parts/paper-movement.ts';

/** `paper.handedOver` 纸质交接: the paper went from one keeper to the next. */
export class PaperHandedOverData extends PaperMovement {
  @Line(100)
  readonly handoverFrom!: string;

  @Line(100)
  readonly handoverTo!: string;

  @Optional() @Prose(500)
  readonly note?: string;
}
