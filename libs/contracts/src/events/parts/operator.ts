import { Line, Optional } from '../../validation/field-rules.ts';
import { OrganisationCode, PersonName } from '../../validation/forms.ts';

/** 办理人: who did what the event reports, on the side that sent it. */
export class Operator {
  /** Account of the person on the sender's system; permissions are judged by it. */
  @Line(50)
  readonly id!: string;

  @PersonName()
  readonly name!: string;

  /** 统一社会信用代码 of the operator's organisation (GB 32100). */
  @Optional() @OrganisationCode()
  readonly orgCode?: string;

  @Optional() @Line(100)
  readonly orgName?: string;
}
