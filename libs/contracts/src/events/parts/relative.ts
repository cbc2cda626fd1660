import { CertificateNumber, CertificateType } from '../../validation/certificates.ts';
import { RELATIONS } from '../../catalogue/item.ts';
import type { Relation } from '../../catalogue/item.ts';
import { OneOf } from '../../validation/field-rules.ts';
import { PersonName } from '../../validation/forms.ts';

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
