import { Form, Line } from '../../validation/field-rules.ts';
import { PATTERNS } from '../../validation/patterns.ts';

/** 收款账户 of a withdrawal. */
export class Payee {
  @Line(30)
  readonly bankCode!: string;

  @Form('account-number', PATTERNS.accountNo, '应为 1 到 30 位字母或数字', 'must be 1 to 30 letters or digits')
  readonly accountNo!: string;
}
