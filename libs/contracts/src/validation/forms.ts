import { Form, Line } from './field-rules.ts';

/** Forms of text that several messages share. Each is anchored and bounds its own length. */
export const PATTERNS = {
  itemCode: /^[0-9A-Z]{9}[A-Z]{2}\d{8}$/,
  hallCode: /^\d{6}$/,
  regionCode: /^\d{6}(?:\d{3}){0,2}$/,
  uscc: /^[0-9A-HJ-NPQRTUWXY]{18}$/,
  certificateType: /^\d{3}$/,
  materialCode: /^[A-Z0-9_]{1,40}$/,
  phone: /^(?=.{7,18}$)(?:1\d{10}|(?:0\d{2,3}-?)?[2-9]\d{6,7}(?:-\d{1,6})?)$/,
  accountNo: /^[A-Za-z0-9]{1,30}$/,
  fundAccountNo: /^[A-Za-z0-9]{1,20}$/,
  reference: /^[A-Za-z0-9._:-]{1,64}$/,
  money: /^(?:0|[1-9]\d{0,15})(?:\.\d{1,2})?$/,
  ratioPercent: /^(?:(?:[5-9]|1[01])(?:\.\d{1,2})?|12(?:\.0{1,2})?)$/,
  mime: /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/,
  sm3: /^[0-9a-f]{64}$/,
} as const;

/** 业务办理项编码: organisation code (GB 11714), two type letters, five and three digits. */
export const ItemCode = (): PropertyDecorator =>
  Form('item-code', PATTERNS.itemCode, '应为 19 位业务办理项编码', 'must be a handling-item code of 19 characters');

/** 材料编码 of the catalogue. */
export const MaterialCode = (): PropertyDecorator =>
  Form('material-code', PATTERNS.materialCode, '应为 1 到 40 位大写字母、数字或下划线', 'must be 1 to 40 capital letters, digits or underscores');

/** 手机或固定电话号码, at most 18 characters. */
export const Phone = (): PropertyDecorator =>
  Form('phone', PATTERNS.phone, '应为手机号码或带区号的固定电话号码', 'must be a mobile or landline number');

/** A reference given by a system: 1 to 64 of letters, digits and `._:-`. */
export const Reference = (): PropertyDecorator =>
  Form('reference', PATTERNS.reference, '应为 1 到 64 位字母、数字或 . _ : -', 'must be 1 to 64 letters, digits or . _ : -');

/** 行政区划代码: 6, 9 or 12 digits; the first six by GB/T 2260. */
export const RegionCode = (): PropertyDecorator =>
  Form('region-code', PATTERNS.regionCode, '应为 6、9 或 12 位行政区划代码', 'must be a region code of 6, 9 or 12 digits');

/** A name of a person, at most 30 characters (GB/T 39046: a..30). */
export const PersonName = (): PropertyDecorator => Line(30);

/** 统一社会信用代码 of an organisation, with its check character (GB 32100). */
export const OrganisationCode = (): PropertyDecorator =>
  Form('organisation-code', PATTERNS.uscc, '应为 18 位统一社会信用代码', 'must be a unified social credit code of 18 characters');

/** 证件类型 by GA/T 2000.156, three digits. */
export const CertificateType = (): PropertyDecorator =>
  Form('certificate-type', PATTERNS.certificateType, '应为 3 位证件类型代码', 'must be a certificate type of 3 digits');

/** 证件号码, at most 64 characters. */
export const CertificateNumber = (): PropertyDecorator => Line(64);
