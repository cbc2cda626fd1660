import { ValidateBy } from 'class-validator';
import { isSocialCreditCode } from './checksums.ts';
import { all, Form, Line, said } from './field-rules.ts';
import { PATTERNS } from './patterns.ts';

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
  all(
    Form('organisation-code', PATTERNS.uscc, '应为 18 位统一社会信用代码', 'must be a unified social credit code of 18 characters'),
    ValidateBy({ name: 'isSocialCreditCode', validator: { validate: (value) => typeof value !== 'string' || isSocialCreditCode(value) } }, said('organisation-code-check', '统一社会信用代码校验码不对', 'has a wrong check character')),
  );
