import { Instant, Optional, Part, Whole } from '../../validation/field-rules.ts';
import { Reference } from '../../validation/forms.ts';
import { Operator } from './operator.ts';

/** 纸质材料 of one case: how many sheets, when, in which batch. Paper is tracked beside the case and never changes its status. */
export class PaperMovement {
  @Part(() => Operator)
  readonly operator!: Operator;

  @Optional() @Reference()
  readonly batchNo?: string;

  @Whole(0, 9999)
  readonly sheetCount!: number;

  @Instant()
  readonly at!: string;
}
