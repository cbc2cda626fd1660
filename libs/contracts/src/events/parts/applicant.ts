import { CertificateNumber, CertificateType } from '../../validation/certificates.ts';
import { APPLICANT_TYPES } from '../../catalogue/item.ts';
import type { ApplicantType } from '../../catalogue/item.ts';
import { Line, OneOf, Optional } from '../../validation/field-rules.ts';
import { Phone } from '../../validation/forms.ts';

/** 申请人: a person, or an organisation that an agent speaks for. */
export class Applicant {
  @OneOf(APPLICANT_TYPES)
  readonly type!: ApplicantType;

  @Line(100)
  readonly name!: string;

  @CertificateType()
  readonly certType!: string;

  @CertificateNumber()
  readonly certNo!: string;

  @Optional() @Phone()
  readonly mobile?: string;
}
