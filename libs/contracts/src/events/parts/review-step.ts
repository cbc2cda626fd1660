import { Instant, Line, OneOf, Optional, Prose } from '../../validation/field-rules.ts';
import { PersonName } from '../../validation/forms.ts';

/** 业务动作 (GB/T 39046 table 7): 通过, 退回, 其他. */
export const STEP_ACTIONS = ['pass', 'return', 'other'] as const;
export type StepAction = (typeof STEP_ACTIONS)[number];

/** 环节 (GB/T 39046 table 7). */
export class ReviewStep {
  @Line(100)
  readonly name!: string;

  @OneOf(STEP_ACTIONS)
  readonly action!: StepAction;

  @PersonName()
  readonly handler!: string;

  @Optional() @Prose(1000)
  readonly opinion?: string;

  @Instant()
  readonly startedAt!: string;

  /** Absent: the same as `startedAt`, as the standard has it. */
  @Optional() @Instant()
  readonly endedAt?: string;

  /** 环节办理状态: 1 待办, 2 已办. */
  @OneOf(['1', '2'])
  readonly state!: '1' | '2';
}
