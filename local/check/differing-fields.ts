import { isDeepStrictEqual } from 'node:util';
import { Containing } from './expected-update.ts';
import { ANYTHING } from './expected-work-item.ts';

function valueAt(body: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined), body);
}

function holds(expected: unknown, given: unknown): boolean {
  if (expected === ANYTHING) return given !== undefined;
  if (expected instanceof Containing) return typeof given === 'string' && given.includes(expected.text);
  return isDeepStrictEqual(expected, given);
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Containing);
}

/** The paths at which what arrived is not what was expected, such as `application.applicant.certType`. */
export function differingFields(expected: Readonly<Record<string, unknown>>, given: unknown, prefix = ''): string[] {
  return Object.entries(expected).flatMap(([path, value]) => {
    const found = valueAt(given, path);
    if (isGroup(value)) return differingFields(value, found, `${prefix}${path}.`);
    return holds(value, found) ? [] : [`${prefix}${path}`];
  });
}
