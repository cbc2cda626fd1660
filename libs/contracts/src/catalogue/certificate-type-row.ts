import { CHECKSUMS } from '../validation/checksums.ts';
import type { ChecksumName } from '../validation/checksums.ts';
import { Form, Line, Nullable, OneOf } from '../validation/field-rules.ts';
import { PATTERNS } from '../validation/patterns.ts';

/** 证件类型: the three-digit code of GA/T 2000.156 (9xx: local extension) and what the bridge needs to know of it. */
export class CertificateTypeRow {
  @Form('certificate-type', PATTERNS.certificateType, '应为 3 位证件类型代码', 'must be a certificate type of 3 digits')
  readonly code!: string;

  @Line(50)
  readonly zh!: string;

  /** The centre's two digits, JGJ/T 320 A.1. */
  @Form('fund-code', PATTERNS.twoDigits, '应为两位代码', 'must be a code of two digits')
  readonly jgj!: string;

  /** The published check its numbers must pass; `null` where there is none, or where numbers of several kinds occur. */
  @Nullable() @OneOf(Object.keys(CHECKSUMS))
  readonly check!: ChecksumName | null;

  @OneOf(['person', 'organisation', 'either'])
  readonly bearer!: 'person' | 'organisation' | 'either';
}
