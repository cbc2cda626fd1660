const NAME = '[A-Za-z][A-Za-z0-9]*';
/** `data.materials[3].name`, `promise.unit`, `receipt` */
const PATH = `${NAME}(?:\\[\\d+\\]|\\.(?:${NAME}|\\d+))*`;

/** How a detail says that it is about one field. Only our own translation begins with the bare path (untranslatable.ts). */
const LEADING = new RegExp(`^(${PATH}): `);
const NAMED = new RegExp(`(?:字段|\\bfield)[\\s:=“"'「]*(${PATH})`, 'i');
const CONTRACT = new RegExp(`(?<![\\w.])(data(?:\\[\\d+\\]|\\.(?:${NAME}|\\d+))+)`);
const POINTER = /(?<![\w/])\/(data(?:\/\w+)+)/;

/** The field of the contract that an error detail names, as it stands there; `null` when it names none. */
export function detailField(detail: string, ours: boolean): string | null {
  const named = (ours ? LEADING.exec(detail)?.[1] : undefined) ?? NAMED.exec(detail)?.[1] ?? CONTRACT.exec(detail)?.[1];
  return named ?? POINTER.exec(detail)?.[1] ?? null;
}

/** The field as one of the contract: which element of a list it is in says nothing of the rule it breaks. */
export function contractField(field: string): string {
  return field.replaceAll('/', '.').replaceAll(/\[\d+\]/g, '[*]').replaceAll(/\.\d+(?=\.|$)/g, '[*]');
}
