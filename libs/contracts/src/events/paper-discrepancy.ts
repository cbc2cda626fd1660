import { Line, Optional, Prose } from '../validation/field-rules.ts';
import { PaperMovement } from './parts/paper-movement.ts';

/** `paper.discrepancy` 纸质差异: what was handed over is not what was counted. */
export class PaperDiscrepancyData extends PaperMovement {
  @Optional() @Line(100)
  readonly handoverFrom?: string;

  @Optional() @Line(100)
  readonly handoverTo?: string;

  @Prose(500)
  readonly note!: string;
}
