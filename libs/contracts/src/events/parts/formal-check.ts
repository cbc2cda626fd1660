import { Flag, OneOf, Optional, Parts, Whole } from '../../validation/field-rules.ts';
import { MaterialCode } from '../../validation/forms.ts';

/** One material looked at in the formal check. */
export class ChecklistLine {
  @MaterialCode()
  readonly materialCode!: string;

  @Flag()
  readonly present!: boolean;

  @Optional() @Whole(0, 99)
  readonly copies?: number;
}

/** 形式审查 (notice, 收件环节): the hall looks at form, never at content, and receives only what passed. */
export class FormalCheck {
  @OneOf(['PASS'])
  readonly result!: 'PASS';

  @Optional() @Parts(() => ChecklistLine, 0, 60)
  readonly checklist?: readonly ChecklistLine[];
}
