import type { Applicant } from '#contracts';
import type { KeyRing } from '#runtime';

/** A name for lists: the first character of a person's, the first two of an organisation's. */
export function maskedName(applicant: Pick<Applicant, 'type' | 'name'>): string {
  const shown = applicant.type === '1' ? 1 : 2;
  return `${[...applicant.name].slice(0, shown).join('')}**`;
}

/** The keyed digest by which a person's cases are found without storing the number; the letter X counts in either case. */
export function applicantIndex(keys: KeyRing, certType: string, certNo: string): string {
  return keys.blindIndex(`${certType}:${certNo.toUpperCase()}`);
}
