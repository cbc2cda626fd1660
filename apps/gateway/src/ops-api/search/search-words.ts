import { catalogue } from '#contracts';

/** Reads one value as what a field holds: all that it may mean; `null` when it means nothing there. */
export type ReadWord<T extends string> = (text: string) => readonly T[] | null;

/** A word of a fixed set: by itself, by its Chinese name, or by a part of that name which no other has. */
export function wordFrom<Word extends string>(names: Readonly<Record<Word, string>>): ReadWord<Word> {
  const words = Object.keys(names) as Word[];
  return (text) => {
    const exact = words.find((word) => word.toLowerCase() === text.toLowerCase() || names[word] === text);
    if (exact !== undefined) return [exact];
    const [one, another] = words.filter((word) => text !== '' && names[word].includes(text));
    return one !== undefined && another === undefined ? [one] : null;
  };
}

/** A hall: by its code, also one that has left the catalogue, or by a part of its name that no other has. */
export const readHall: ReadWord<string> = (text) => {
  if (/^\d{6}$/.test(text)) return [text];
  const [one, another] = catalogue().halls.filter(({ name, district }) => text !== '' && (name.includes(text) || district.includes(text)));
  return one !== undefined && another === undefined ? [one.code] : null;
};

/** An item (业务办理项): by its number in the notice, by its code, or every item with this in its name. */
export const readItem: ReadWord<string> = (text) => {
  const { items } = catalogue();
  const found = items.filter(({ no, code, nameZhDisplay }) => String(no) === text || code === text || (/\p{Script=Han}/u.test(text) && nameZhDisplay.includes(text)));
  if (found.length > 0) return found.map(({ code }) => code);
  return /^[0-9A-Z]{10,30}$/.test(text) ? [text] : null;
};

/** `centre`, `hall:410204`, or a hall as {@link readHall} has it. */
export const readDestination: ReadWord<'centre' | `hall:${string}`> = (text) => {
  if (['centre', 'center', '中心'].includes(text)) return ['centre'];
  const halls = readHall(text.replace(/^hall[:：]/, ''));
  return halls === null ? null : halls.map((code): `hall:${string}` => `hall:${code}`);
};

/** A word that only has a form. */
export function codeLike(form: RegExp): ReadWord<string> {
  return (text) => (form.test(text) ? [text] : null);
}

/** The halls that take part, as a message lists them. */
export function hallsZh(): string {
  return catalogue().halls.map(({ code, district }) => `${code}（${district}）`).join('、');
}

/** The words of a set, as a message lists them. */
export function listed(names: Readonly<Record<string, string>>): string {
  return Object.entries(names).map(([word, zh]) => `${zh}（${word}）`).join('、');
}
