const SHOWN = 4;
const LONG = 8;

/** A sensitive value as it may be shown: of a long one the last four characters, of a short one the first, of anything else nothing. */
export function maskedValue(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') return '***';
  const letters = [...value];
  if (letters.length >= LONG && /^[\x20-\x7e]+$/.test(value)) return `${'*'.repeat(letters.length - SHOWN)}${letters.slice(-SHOWN).join('')}`;
  return `${letters[0] ?? ''}${'*'.repeat(Math.max(1, letters.length - 1))}`;
}
