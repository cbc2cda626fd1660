import { ValidateBy } from 'class-validator';
import type { ValidationArguments } from 'class-validator';
import { catalogue } from '../catalogue/catalogue.ts';
import { CHECKSUMS } from './checksums.ts';
import { all, Form, Line, said } from './field-rules.ts';
import { PATTERNS } from './patterns.ts';

const isKnown = (value: unknown): boolean => typeof value === 'string' && catalogue().certificateType(value) !== undefined;

/** 证件类型: three digits by GA/T 2000.156 or the local extension, and in the active catalogue. */
export function CertificateType(): PropertyDecorator {
  return all(
    Form('certificate-type', PATTERNS.certificateType, '应为 3 位证件类型代码', 'must be a certificate type of 3 digits'),
    ValidateBy({ name: 'isKnownCertificateType', validator: { validate: isKnown } }, said('known-certificate-type', '目录中没有这种证件类型', 'is not in the catalogue of certificate types')),
  );
}

/** Whether the number passes the published check of its own type. A type that is unknown or has no check lets every number pass. */
function passesItsCheck(value: unknown, args?: ValidationArguments): boolean {
  const { certType } = (args?.object ?? {}) as { certType?: unknown };
  const check = typeof certType === 'string' ? catalogue().certificateType(certType)?.check : undefined;
  return typeof value !== 'string' || check === undefined || check === null || CHECKSUMS[check](value);
}

/** 证件号码, at most 64 characters, checked by the `certType` beside it: GB 11643, GB 32100 or GB 11714 where the catalogue says so. */
export function CertificateNumber(): PropertyDecorator {
  return all(
    Line(64),
    ValidateBy({ name: 'isCertificateNumber', validator: { validate: passesItsCheck } }, said('certificate-number', '证件号码不符合该证件类型的编码规则（位数、日期或校验码）', 'does not follow the coding rule of its certificate type (length, date or check character)')),
  );
}
