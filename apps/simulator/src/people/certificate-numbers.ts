const GB_11643_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const GB_32100_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const GB_32100_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28] as const;
const GB_11714_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2] as const;

function weighted(text: string, weights: readonly number[], valueOf: (sign: string) => number): number {
  return weights.reduce((sum, weight, at) => sum + weight * valueOf(text.charAt(at)), 0);
}

/** Citizen number (公民身份号码, GB 11643) from its first 17 digits. */
export function citizenNumber(first17: string): string {
  return first17 + '10X98765432'.charAt(weighted(first17, GB_11643_WEIGHTS, Number) % 11);
}

/** Organisation code (组织机构代码, GB 11714) from its first 8 signs: 0–9 count as themselves, A is 10. */
export function organisationCode(first8: string): string {
  const rest = (11 - (weighted(first8, GB_11714_WEIGHTS, (sign) => Number.parseInt(sign, 36)) % 11)) % 11;
  return first8 + (rest === 10 ? 'X' : String(rest));
}

/** Unified social credit code (统一社会信用代码, GB 32100) from its first 17 signs. */
export function socialCreditCode(first17: string): string {
  const rest = weighted(first17, GB_32100_WEIGHTS, (sign) => GB_32100_ALPHABET.indexOf(sign)) % 31;
  return first17 + GB_32100_ALPHABET.charAt((31 - rest) % 31);
}
