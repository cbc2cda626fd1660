import { CHECKSUMS } from '../validation/checksums.ts';
import type { ChecksumName } from '../validation/checksums.ts';
import type { FieldProblem } from '../wire/door-refusal.ts';
import { CHECKSUM_NAMES } from './form-field.ts';
import type { FormChecksum, FormField } from './form-field.ts';
import { valueAt } from './paths.ts';

/**
 * The numbers that fail the check of their certificate type. The contract of a work item leaves this to the door, which saw the three-digit
 * type; a person who replaces a number has no door before them.
 */
export function checksumProblems(form: readonly FormField[], payload: unknown): FieldProblem[] {
  return form.flatMap((field) => {
    if (field.kind === 'list') return [];
    if (field.fields !== undefined) return checksumProblems(field.fields, payload);
    const value = valueAt(payload, field.path);
    const check = field.checksum === undefined ? undefined : ruleFor(field.checksum, field.path, payload);
    if (check === undefined || typeof value !== 'string' || CHECKSUMS[check](value)) return [];
    return [{ field: field.path, rule: 'checksum', zh: `不符合 ${CHECKSUM_NAMES[check]}（位数、日期或校验码）`, en: `does not follow ${CHECKSUM_NAMES[check]} (length, date or check character)` }];
  });
}

function ruleFor({ by, rules }: FormChecksum, path: string, payload: unknown): ChecksumName | undefined {
  if (by === null) return rules['*'];
  const word = valueAt(payload, path.replace(/[^.]+$/, by));
  return typeof word === 'string' && Object.hasOwn(rules, word) ? rules[word] : undefined;
}
