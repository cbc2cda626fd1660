import { Instant, Line, OneOf, Optional, Part, Whole } from '../../validation/field-rules.ts';
import { OrganisationCode, Reference } from '../../validation/forms.ts';

export const LIMIT_UNITS = ['workday', 'day', 'hour'] as const;
export type LimitUnit = (typeof LIMIT_UNITS)[number];

/** 承诺时限: how long the centre gives itself, and the moment that follows from it by the centre's calendar. */
export class PromisedLimit {
  @Whole(1, 999)
  readonly value!: number;

  @OneOf(LIMIT_UNITS)
  readonly unit!: LimitUnit;

  @Instant()
  readonly dueAt!: string;
}

/** 受理 (GB/T 39046 table 6). */
export class Acceptance {
  @Instant()
  readonly acceptedAt!: string;

  /** 受理文书编号 (an..30). */
  @Optional() @Line(30)
  readonly acceptDocNo?: string;

  @Optional() @OrganisationCode()
  readonly acceptOrgCode?: string;

  @Optional() @Line(100)
  readonly acceptOrgName?: string;

  @Part(() => PromisedLimit)
  readonly promise!: PromisedLimit;

  /** 业务流水号 YWLSH: the centre's own number. */
  @Optional() @Reference()
  readonly fundBusinessNo?: string;
}
