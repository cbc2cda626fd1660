import { Optional, Whole } from '../../validation/field-rules.ts';
import { Reference } from '../../validation/forms.ts';

/** 纸质材料 taken together with the receipt. */
export class PaperCount {
  @Whole(0, 9999)
  readonly sheetCount!: number;

  @Optional() @Reference()
  readonly batchNo?: string;
}
