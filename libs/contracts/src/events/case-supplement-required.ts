import { Instant, Line, Optional, Part, Parts, Prose, Whole } from '../validation/field-rules.ts';
import { Operator } from './parts/operator.ts';
import { SupplementItem } from './parts/supplement-item.ts';

/** `case.supplement.required` 补正告知（补证）: the centre asks for everything that is missing, in one notice. */
export class CaseSupplementRequiredData {
  @Part(() => Operator)
  readonly operator!: Operator;

  /** The round, from 1. */
  @Whole(1, 99)
  readonly no!: number;

  @Prose(1000)
  readonly reason!: string;

  @Parts(() => SupplementItem, 1, 60)
  readonly items!: readonly SupplementItem[];

  @Instant()
  readonly notifiedAt!: string;

  @Instant()
  readonly dueAt!: string;

  @Optional() @Line(50)
  readonly noticeDocNo?: string;
}
