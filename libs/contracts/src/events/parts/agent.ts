import { CertificateNumber, CertificateType } from '../../validation/certificates.ts';
import { PersonName, Phone } from '../../validation/forms.ts';

/** 代理人（经办人、代办人）: the person at the window who acts for the applicant. */
export class Agent {
  @PersonName()
  readonly name!: string;

  @CertificateType()
  readonly certType!: string;

  @CertificateNumber()
  readonly certNo!: string;

  @Phone()
  readonly mobile!: string;
}
