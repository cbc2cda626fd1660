import { Instant, Line, OneOf, Prose } from '../../validation/field-rules.ts';

/** 特别程序种类 by GB/T 39046 A.7: 1 延长审批, 2 any other. */
export const SPECIAL_TYPES = ['1', '2'] as const;
export type SpecialType = (typeof SPECIAL_TYPES)[number];

/** 特别程序, as it begins. */
export class SpecialProcedure {
  @OneOf(SPECIAL_TYPES)
  readonly type!: SpecialType;

  @Line(100)
  readonly name!: string;

  @Prose(1000)
  readonly reason!: string;

  @Instant()
  readonly startedAt!: string;
}

/** 特别程序, as it ends. */
export class EndedSpecialProcedure extends SpecialProcedure {
  @Instant()
  readonly endedAt!: string;

  @Prose(1000)
  readonly result!: string;
}
