import { OneOf } from '../../validation/field-rules.ts';
import { CertificateNumber, CertificateType, PersonName } from '../../validation/forms.ts';

export const RELATIONS = ['spouse', 'parent', 'child'] as const;
/** 与申请人的关系: 配偶、父母、子女. */
export type Relation = (typeof RELATIONS)[number];

/** 关系人: the spouse, parent or child whose home the applicant withdraws for. */
export class Relative {
  @PersonName()
  readonly name!: string;

  @CertificateType()
  readonly certType!: string;

  @CertificateNumber()
  readonly certNo!: string;

  @OneOf(RELATIONS)
  readonly relation!: Relation;
}
