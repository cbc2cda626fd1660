import { isRealDate } from './instant.ts';

/** Sum of each character's value, by its place in the alphabet, times the weight of its position. */
function weigh(text: string, alphabet: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * alphabet.indexOf(text.charAt(index)), 0);
}

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

const GB_11643_FORM = /^[1-9]\d{5}(?:19|20)\d{9}[\dX]$/;
const GB_11643_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const GB_11643_CHECKS = '10X98765432';

/** 公民身份号码 (GB 11643-1999): 18 characters, a real date of birth, check character by ISO 7064 MOD 11-2. */
export function isCitizenNumber(text: string): boolean {
  if (!GB_11643_FORM.test(text)) return false;
  if (!isRealDate(Number(text.slice(6, 10)), Number(text.slice(10, 12)), Number(text.slice(12, 14)))) return false;
  return GB_11643_CHECKS.charAt(weigh(text, DIGITS, GB_11643_WEIGHTS) % 11) === text.charAt(17);
}

const GB_32100_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const GB_32100_FORM = /^[0-9A-HJ-NPQRTUWXY]{18}$/;
const GB_32100_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** 统一社会信用代码 (GB 32100-2015): 18 characters without I, O, S, V, Z; check character modulo 31. */
export function isSocialCreditCode(text: string): boolean {
  if (!GB_32100_FORM.test(text)) return false;
  const check = (31 - (weigh(text, GB_32100_ALPHABET, GB_32100_WEIGHTS) % 31)) % 31;
  return GB_32100_ALPHABET.charAt(check) === text.charAt(17);
}

const GB_11714_FORM = /^([0-9A-Z]{8})-?([0-9X])$/;
const GB_11714_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

/** 组织机构代码 (GB 11714-1997): 8 characters, an optional hyphen, check character modulo 11. */
export function isOrganisationCode(text: string): boolean {
  const parts = GB_11714_FORM.exec(text);
  if (parts === null) return false;
  const [, body = '', given] = parts;
  const check = 11 - (weigh(body, DIGITS + LETTERS, GB_11714_WEIGHTS) % 11);
  return given === ({ 10: 'X', 11: '0' }[check] ?? String(check));
}

/** The published check of a certificate's number, by the name the certificate types use. */
export const CHECKSUMS = {
  gb11643: isCitizenNumber,
  gb32100: isSocialCreditCode,
  gb11714: isOrganisationCode,
} as const satisfies Record<string, (text: string) => boolean>;
export type ChecksumName = keyof typeof CHECKSUMS;
