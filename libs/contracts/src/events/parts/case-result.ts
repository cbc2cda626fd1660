import { Instant, Line, OneOf, Optional, Prose } from '../../validation/field-rules.ts';
import { PersonName } from '../../validation/forms.ts';

export const COMPLETION_CODES = ['APPROVED', 'REJECTED'] as const;
export type CompletionCode = (typeof COMPLETION_CODES)[number];

/** 办结 (GB/T 39046 table 8). */
export class CaseResult {
  @OneOf(COMPLETION_CODES)
  readonly code!: CompletionCode;

  @Optional() @Prose(1000)
  readonly description?: string;

  /** 结果证照名称. */
  @Optional() @Line(200)
  readonly docName?: string;

  /** 结果证照编号. */
  @Optional() @Line(50)
  readonly docNo?: string;

  @Instant()
  readonly completedAt!: string;

  @PersonName()
  readonly completedBy!: string;
}
