/** An object or list on the way to a field. */
export type Holder = Record<string, unknown>;

/** `application.materials[0].name` → its names and numbers. */
export function stepsOf(path: string): string[] {
  return path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
}

/** `application.materials[0].name` → `application.materials[].name`, as the form names it. */
export function listPath(path: string): string {
  return path.replaceAll(/\[\d+\]/g, '[]');
}

/** The value at a path; undefined where there is none. */
export function valueAt(payload: unknown, path: string): unknown {
  return stepsOf(path).reduce<unknown>((holder, step) => (typeof holder === 'object' && holder !== null && Object.hasOwn(holder, step) ? (holder as Holder)[step] : undefined), payload);
}

/** The list that an entry stands in, and its number there; null for what is no entry. */
export function placeOf(path: string): { readonly list: string; readonly index: number } | null {
  const [, list, index] = /^(.+)\[(\d+)\]$/.exec(path) ?? [];
  return list === undefined || index === undefined ? null : { list, index: Number(index) };
}
