import { Flag, Instant, Optional, Prose } from '../../validation/field-rules.ts';
import { PersonName } from '../../validation/forms.ts';

/** 审核决定. */
export class Decision {
  @Flag()
  readonly approved!: boolean;

  /** Required when not approved. */
  @Optional() @Prose(1000)
  readonly reason?: string;

  @Instant()
  readonly decidedAt!: string;

  @PersonName()
  readonly decidedBy!: string;
}
