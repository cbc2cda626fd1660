import { Line, OneOf, Optional } from '../../validation/field-rules.ts';
import { CertificateNumber, CertificateType, Phone } from '../../validation/forms.ts';

/** 服务对象 by GB/T 39046 A.4: 1 natural person, 2 enterprise, 3 public institution, 4 social organisation, 5 administrative organ, 6 other. */
export const APPLICANT_TYPES = ['1', '2', '3', '4', '5', '6'] as const;
export type ApplicantType = (typeof APPLICANT_TYPES)[number];

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
