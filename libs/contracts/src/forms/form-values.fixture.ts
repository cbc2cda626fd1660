import fc from 'fast-check';
import { CHECKSUMS } from '../validation/checksums.ts';
import type { FormField } from './form-field.ts';

const HAN = fc.stringMatching(/^[一-龥]{1,20}$/);
/** Patterns that look ahead, which the generator cannot follow. */
const LOOKING_AHEAD: readonly (readonly [RegExp, fc.Arbitrary<string>])[] = [[/^\^\(\?=/, fc.stringMatching(/^1[3-9]\d{9}$/)]];

const BY_CHECK: Readonly<Record<string, fc.Arbitrary<string>>> = {
  gb11643: fc.tuple(fc.integer({ min: 1950, max: 2005 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }), fc.integer({ min: 0, max: 999 }))
    .map(([year, month, day, serial]) => withCheck(`410204${year}${two(month)}${two(day)}${String(serial).padStart(3, '0')}`, '0123456789X', CHECKSUMS.gb11643)),
  gb32100: fc.stringMatching(/^91410204[0-9A-HJ-NPQRTUWXY]{9}$/).map((body) => withCheck(body, '0123456789ABCDEFGHJKLMNPQRTUWXY', CHECKSUMS.gb32100)),
};

/** Any payload that a form allows, its checks included. */
export function valueOf(fields: readonly FormField[]): fc.Arbitrary<Record<string, unknown>> {
  const shape = Object.fromEntries(fields.map((field) => [nameOf(field), fieldValue(field)]));
  const record = fc.record(shape, { requiredKeys: fields.filter(({ required }) => required).map(nameOf) });
  const certNo = fields.find(({ checksum }) => typeof checksum?.by === 'string');
  if (certNo === undefined) return record;
  return fc.tuple(record, BY_CHECK['gb11643'] ?? HAN).map(([made, number]) => {
    const checked = certNo.checksum?.rules[String(made[certNo.checksum.by ?? ''])] === 'gb11643';
    return checked ? { ...made, [nameOf(certNo)]: number } : made;
  });
}

const BY_KIND: Readonly<Record<FormField['kind'], (field: FormField) => fc.Arbitrary<unknown>>> = {
  group: ({ fields = [] }) => valueOf(fields),
  list: ({ fields = [], minItems = 0 }) => fc.array(valueOf(fields), { minLength: minItems, maxLength: Math.max(2, minItems) }),
  choice: ({ choices = [] }) => fc.constantFrom(...choices.map(({ value }) => value)),
  date: dateValue,
  number: ({ pattern, min = 0, max = 0 }) => (pattern === undefined ? fc.integer({ min, max }) : fc.stringMatching(new RegExp(pattern, 'u'))),
  amount: ordinaryText,
  text: ordinaryText,
};

function fieldValue(field: FormField): fc.Arbitrary<unknown> {
  return BY_KIND[field.kind](field);
}

function ordinaryText({ checksum, pattern, maxLength = 20 }: FormField): fc.Arbitrary<string> {
  return textValue(checksum?.by === null ? checksum.rules['*'] : undefined, pattern, maxLength);
}

function textValue(check: string | undefined, pattern: string | undefined, maxLength: number): fc.Arbitrary<string> {
  if (check !== undefined) return BY_CHECK[check] ?? HAN;
  if (pattern === undefined) return HAN.map((text) => text.slice(0, maxLength));
  return LOOKING_AHEAD.find(([form]) => form.test(pattern))?.[1] ?? fc.stringMatching(new RegExp(pattern, 'u'));
}

function dateValue({ pattern = '' }: FormField): fc.Arbitrary<string> {
  const length = new RegExp(pattern, 'u').test('2026-11-23') ? 10 : 19;
  return fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, length).replace('T', ' '));
}

function nameOf({ path }: FormField): string {
  return path.split('.').at(-1) ?? path;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

function withCheck(body: string, alphabet: string, holds: (text: string) => boolean): string {
  return [...alphabet].map((check) => body + check).find(holds) ?? body;
}
