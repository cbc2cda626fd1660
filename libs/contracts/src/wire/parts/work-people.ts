import { Form, Line, OneOf, Optional } from '../../validation/field-rules.ts';
import { CertificateNumber } from '../../validation/certificates.ts';
import { PersonName, Phone } from '../../validation/forms.ts';
import { APPLICANT_TYPES } from '../../catalogue/item.ts';
import type { ApplicantType } from '../../catalogue/item.ts';
import { RELATIONS } from '../../catalogue/item.ts';
import type { Relation } from '../../catalogue/item.ts';

/** 证件类型 by JGJ/T 320 A.1, two digits. */
const FundCertificateType = (): PropertyDecorator =>
  Form('fund-certificate-type', /^\d{2}$/, '应为 2 位证件类型代码（JGJ/T 320 A.1）', 'must be a certificate type of 2 digits (JGJ/T 320 A.1)');

/** A person the centre must be able to find in its books. */
export class WorkPerson {
  @PersonName()
  readonly name!: string;

  @FundCertificateType()
  readonly certType!: string;

  @CertificateNumber()
  readonly certNo!: string;
}

/** 申请人. The mobile number travels because the centre has to tell the applicant of a supplement and of the result. */
export class WorkApplicant {
  /** 服务对象 by GB/T 39046 A.4. */
  @OneOf(APPLICANT_TYPES)
  readonly type!: ApplicantType;

  @Line(100)
  readonly name!: string;

  @FundCertificateType()
  readonly certType!: string;

  @CertificateNumber()
  readonly certNo!: string;

  @Optional() @Phone()
  readonly mobile?: string;
}

/** 经办人、代办人: who acts for the applicant (JGJ/T 320 JBRXM, JBRZJLX, JBRZJHM, JBRSJHM). */
export class WorkAgent extends WorkPerson {
  @Phone()
  readonly mobile!: string;
}

/** 关系人: whose home the applicant withdraws for. */
export class WorkRelative extends WorkPerson {
  @OneOf(RELATIONS)
  readonly relation!: Relation;
}
