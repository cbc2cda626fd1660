/** A resident identity number by its form (GB 11643): region, a date of birth since 1900, serial, check character. */
const IDENTITY_NUMBER = /^\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]$/;
const MOBILE = /^1[3-9]\d{9}$/;
/** Any run as long as a phone number, a bank account or an identity number, standing by itself. */
const LONG_NUMBER = /(?<![0-9A-Za-z])\d{11,19}[Xx]?(?![0-9A-Za-z])/g;
const SHOWN_DIGITS = 4;

/** Whether a word, taken whole, has the form of a certificate or phone number: such a word has no place in a URL. */
export function looksPersonal(word: string): boolean {
  return IDENTITY_NUMBER.test(word) || MOBILE.test(word);
}

/**
 * Free text from outside (a destination's error, the reason of a dead letter) with every long number masked but its last four digits.
 * The writers of such text must leave personal data out; this is the second line, for what they miss.
 */
export function scrubbed(text: string): string {
  return text.replace(LONG_NUMBER, (run) => '*'.repeat(run.length - SHOWN_DIGITS) + run.slice(-SHOWN_DIGITS));
}

/** {@link scrubbed}, or `null`. */
export function scrubbedOrNull(text: string | null): string | null {
  return text === null ? null : scrubbed(text);
}

/** A word that an unproven sender wrote: shown when it has the form it should have, masked where it looks personal, else `null`. */
export function wordFromOutside(word: string | null, form: RegExp): string | null {
  return word !== null && form.test(word) ? scrubbed(word) : null;
}
