import { CertificateNumber, CertificateType } from '../../validation/certificates.ts';
import { PersonName } from '../../validation/forms.ts';

/** 账户所有人: whose fund account it is, where that is not the applicant (an heir or legatee applies). */
export class AccountHolder {
  @PersonName()
  readonly name!: string;

  @CertificateType()
  readonly certType!: string;

  @CertificateNumber()
  readonly certNo!: string;
}
