import { Flag, Instant, Line, OneOf, Optional, Parts, Whole } from '../../validation/field-rules.ts';
import { MaterialCode } from '../../validation/forms.ts';
import { Attachment } from './attachment.ts';

export const MATERIAL_FORMS = ['paper', 'electronic', 'both'] as const;
export type MaterialForm = (typeof MATERIAL_FORMS)[number];

/** 材料 as the window took it (GB/T 39046 table 5). */
export class Material {
  @MaterialCode()
  readonly materialCode!: string;

  @Line(200)
  readonly name!: string;

  @Flag()
  readonly required!: boolean;

  @OneOf(MATERIAL_FORMS)
  readonly form!: MaterialForm;

  /** 原件份数 (n..2). */
  @Whole(0, 99)
  readonly originals!: number;

  /** 复印件份数 (n..2). */
  @Whole(0, 99)
  readonly copies!: number;

  /** 是否收取. */
  @Flag()
  readonly taken!: boolean;

  @Optional() @Instant()
  readonly takenAt?: string;

  @Parts(() => Attachment, 0, 20)
  readonly attachments!: readonly Attachment[];
}
