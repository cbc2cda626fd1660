import { catalogue } from '#contracts';

const DAY_MS = 86_400_000;
const INSTANT = /^\d{4}-\d{2}-\d{2}T/;
const DIRECTIONS = ['internal', 'outbound', 'inbound'];
const DECIMAL = /^\d{1,16}(?:\.\d{1,2})?$/;

/** Values that could stand instead of this one, of its kind; the first that is understood will do. */
export function otherValues(value: unknown): unknown[] {
  switch (typeof value) {
    case 'boolean':
      return [!value];
    case 'number':
      return [value + 1];
    case 'string':
      return otherTexts(value).filter((other) => other !== value);
    default:
      return [];
  }
}

function otherTexts(text: string): string[] {
  if (INSTANT.test(text)) return [later(text)];
  return [...otherCodes(text), ...(DECIMAL.test(text) ? ['7', '1.50'] : []), text.replaceAll(/\d/g, (digit) => String((Number(digit) + 1) % 10)), `${text}x`];
}

/** Codes of the catalogue: another one of the same table, where what follows from it differs. */
function otherCodes(text: string): string[] {
  const { items, halls, certificateTypes } = catalogue();
  const tables = [certificateTypes.map(({ code }) => code), items.map(({ code }) => code), halls.map(({ code }) => code), DIRECTIONS];
  return tables.find((codes) => codes.includes(text)) ?? [];
}

/** The next day at the same time, in the same offset. */
function later(text: string): string {
  const day = new Date(Date.parse(`${text.slice(0, 10)}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  return `${day}${text.slice(10)}`;
}
