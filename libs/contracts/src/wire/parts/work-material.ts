import { Line, OneOf, Optional, Part, Parts, Whole } from '../../validation/field-rules.ts';
import { MaterialCode, Reference } from '../../validation/forms.ts';
import { Attachment } from '../../events/parts/attachment.ts';
import { MATERIAL_FORMS } from '../../events/parts/material.ts';
import type { MaterialForm } from '../../events/parts/material.ts';
import { LocalDay } from './local-time.ts';
import { HallName } from './message-head.ts';

/**
 * 材料 that was handed in. What was not taken does not travel, nor whether it was required or when it was taken:
 * the centre examines against its own list (全面审查), the rest is the hall's bookkeeping.
 */
export class WorkMaterial {
  @MaterialCode()
  readonly materialCode!: string;

  @Line(200)
  readonly name!: string;

  @OneOf(MATERIAL_FORMS)
  readonly form!: MaterialForm;

  @Whole(0, 99)
  readonly originals!: number;

  @Whole(0, 99)
  readonly copies!: number;

  /** The files themselves stay where they are; with the digest the centre can prove that it fetched the right one. */
  @Parts(() => Attachment, 0, 20)
  readonly attachments!: readonly Attachment[];
}

/** Where the paper lies and until when the hall keeps it for the centre to collect (notice, 四(三): one month). */
export class PaperPlace {
  @Part(() => HallName)
  readonly hall!: HallName;

  /** Last day of custody: the day one calendar month after the receipt. */
  @LocalDay()
  readonly keptUntil!: string;

  @Optional() @Whole(0, 9999)
  readonly sheetCount?: number;

  @Optional() @Reference()
  readonly batchNo?: string;
}
