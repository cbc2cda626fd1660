import { catalogue } from '../catalogue/catalogue.ts';
import type { CatalogueItem } from '../catalogue/item.ts';
import type { ChecksumName } from '../validation/checksums.ts';
import type { ChoiceSource, FieldEntry } from './field-entries.ts';
import type { FormChoice } from './form-field.ts';

const SOURCES: Readonly<Record<ChoiceSource, () => FormChoice[]>> = {
  items: () => catalogue().items.map(({ code, nameZhDisplay }) => ({ value: code, zh: nameZhDisplay })),
  halls: () => catalogue().halls.map(({ code, name }) => ({ value: code, zh: name })),
  'fund-certificate-types': () => joined(catalogue().certificateTypes.map(({ jgj, zh }) => ({ value: jgj, zh }))),
  'business-types': () => joined(catalogue().items.flatMap(businessTypesOf)),
  'withdrawal-reasons': () => joined(catalogue().items.flatMap(({ jgj320: { withdrawReasonCode: value, withdrawReasonName: zh } }) => (value === null ? [] : [{ value, zh: zh ?? value }]))),
};

/** The words of a closed set with what they mean, by the catalogue in force where they come from there. */
export function choicesOf(choices: NonNullable<FieldEntry['choices']>): FormChoice[] {
  return typeof choices === 'string' ? SOURCES[choices]() : Object.entries(choices).map(([value, zh]) => ({ value, zh }));
}

/** The check of the numbers of each fund certificate type (JGJ/T 320 A.1): where all that share its code have the same one. */
export function fundCertificateChecks(): Record<string, ChecksumName> {
  const byCode = Map.groupBy(catalogue().certificateTypes, ({ jgj }) => jgj);
  return Object.fromEntries([...byCode].flatMap(([code, rows]) => {
    const [check, ...others] = new Set(rows.map((row) => row.check));
    return check === null || check === undefined || others.length > 0 ? [] : [[code, check] as const];
  }));
}

function businessTypesOf({ jgj320: { businessTypeCode, businessTypeName, businessTypeBy } }: CatalogueItem): FormChoice[] {
  const cases = (businessTypeBy?.cases ?? []).map(({ code, name }) => ({ value: code, zh: name }));
  return businessTypeCode === null ? cases : [{ value: businessTypeCode, zh: businessTypeName }, ...cases];
}

/** One choice for each value: those that share it are named together. */
function joined(choices: readonly FormChoice[]): FormChoice[] {
  const byValue = Map.groupBy(choices, ({ value }) => value);
  return [...byValue].sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, same]) => ({ value, zh: [...new Set(same.map(({ zh }) => zh))].join('、') }));
}
