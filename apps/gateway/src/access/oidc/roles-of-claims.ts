import type { Role } from '../rights.ts';

/** The roles of somebody by what the provider says of them: the claim is a text or a list of texts; values without a role here count for nothing. */
export function rolesOfClaims(claims: Readonly<Record<string, unknown>>, claim: string, mapping: ReadonlyMap<string, readonly Role[]>): Role[] {
  const value = claims[claim];
  const words: readonly unknown[] = Array.isArray(value) ? value : [value];
  return [...new Set(words.flatMap((word) => (typeof word === 'string' ? mapping.get(word) ?? [] : [])))];
}
