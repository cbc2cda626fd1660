import { Form, Line } from '../validation/field-rules.ts';
import { RegionCode } from '../validation/forms.ts';
import { PATTERNS } from '../validation/patterns.ts';

/** 政务服务大厅 that takes part. */
export class Hall {
  @Form('hall-code', PATTERNS.hallCode, '应为 6 位大厅代码', 'must be a hall code of 6 digits')
  readonly code!: string;

  @Line(100)
  readonly name!: string;

  @Line(50)
  readonly district!: string;

  /** Its division by GB/T 2260, possibly with the digits of street and community. */
  @RegionCode()
  readonly regionCode!: string;
}
