import { Form, Line, OneOf, Optional, Part, Parts, Prose, Whole } from '../../validation/field-rules.ts';
import { OrganisationCode, PersonName, Reference } from '../../validation/forms.ts';
import { SPECIAL_TYPES } from '../../events/parts/special-procedure.ts';
import type { SpecialType } from '../../events/parts/special-procedure.ts';
import { SupplementItem } from '../../events/parts/supplement-item.ts';
import { LocalTime } from './local-time.ts';

/** 承诺时限 in the platform's codes. */
export class UpdatePromise {
  @Whole(1, 999)
  readonly value!: number;

  /** PROMISETIMEUNIT: 1 工作日, 2 自然日, 3 小时. */
  @OneOf(['1', '2', '3'])
  readonly unitCode!: string;

  /** PROMISE_ETIME. */
  @LocalTime()
  readonly dueAt!: string;
}

/** 受理 (GB/T 39046 table 6, UP_PRO_ACCEPT, PRE_ACCEPT). */
export class UpdateAcceptance {
  @LocalTime()
  readonly acceptedAt!: string;

  @PersonName()
  readonly acceptedBy!: string;

  @Optional() @Line(30)
  readonly acceptDocNo?: string;

  @Optional() @OrganisationCode()
  readonly orgCode?: string;

  @Optional() @Line(100)
  readonly orgName?: string;

  @Part(() => UpdatePromise)
  readonly promise!: UpdatePromise;

  @Optional() @Reference()
  readonly fundBusinessNo?: string;
}

/** 办理环节 (table 7, UP_PRO_PROCESS, PRE_NODE). */
export class UpdateStep {
  @Line(100)
  readonly name!: string;

  /** 业务动作. */
  @OneOf(['通过', '退回', '其他'])
  readonly action!: string;

  @PersonName()
  readonly handler!: string;

  @Optional() @Prose(1000)
  readonly opinion?: string;

  @LocalTime()
  readonly startedAt!: string;

  /** The start where the step has no end of its own, as the standard wants it. */
  @LocalTime()
  readonly endedAt!: string;

  /** 环节办理状态: 1 待办, 2 已办. */
  @OneOf(['1', '2'])
  readonly state!: '1' | '2';
}

/** 特别程序 (table 7, UP_PRO_SPECIALPROCEDURE). */
export class UpdateSpecialProcedure {
  @OneOf(SPECIAL_TYPES)
  readonly type!: SpecialType;

  @Line(100)
  readonly name!: string;

  @Prose(1000)
  readonly reason!: string;

  @LocalTime()
  readonly startedAt!: string;

  @PersonName()
  readonly handler!: string;

  /** Present, with the result, once it has ended. */
  @Optional() @LocalTime()
  readonly endedAt?: string;

  @Optional() @Prose(1000)
  readonly result?: string;
}

/** 补正告知 (supplementNotify): what the hall must tell the applicant, all at once. */
export class UpdateSupplementNotice {
  @Whole(1, 99)
  readonly no!: number;

  @Prose(1000)
  readonly reason!: string;

  @Parts(() => SupplementItem, 1, 60)
  readonly items!: readonly SupplementItem[];

  @LocalTime()
  readonly notifiedAt!: string;

  @PersonName()
  readonly notifiedBy!: string;

  @LocalTime()
  readonly dueAt!: string;

  @Optional() @Line(50)
  readonly noticeDocNo?: string;
}

/** How a case may end. */
export const RESULT_CODES = [
  'APPROVED', 'REJECTED', 'NOT_ACCEPTED', 'RETURNED', 'WITHDRAWN', 'SUPPLEMENT_TIMEOUT', 'VOIDED', 'DELETED',
] as const;
export type ResultCode = (typeof RESULT_CODES)[number];

/** 办结 (table 8, UP_PRO_RESULT, PRE_TRANSACT). */
export class UpdateResult {
  @OneOf(RESULT_CODES)
  readonly code!: ResultCode;

  /** The platform's code: 10 办结, 09 作废办结, 13 退件, 07 不予受理. Several results share one, so `code` stays beside it. */
  @Form('platform-code', /^(?:10|09|13|07)$/, '只能是 10、09、13、07', 'must be one of 10, 09, 13, 07')
  readonly platformCode!: string;

  /** TRANSACT_RESULT. */
  @OneOf(['办结', '作废办结', '退件', '不予受理'])
  readonly platformResult!: string;

  /** TRANSACT_DESCRIBE: what the result means for the applicant, with the reason where there is one. */
  @Prose(1000)
  readonly description!: string;

  @Optional() @Line(200)
  readonly docName?: string;

  @Optional() @Line(50)
  readonly docNo?: string;

  @LocalTime()
  readonly completedAt!: string;

  @PersonName()
  readonly completedBy!: string;
}
