/** A translation: what goes out, or the one field that has no counterpart on the other side, in words for the person who must mend it. */
export type Translated<T> =
  | { readonly ok: true; readonly payload: T }
  | { readonly ok: false; readonly field: string; readonly zh: string; readonly en: string };

/** Thrown inside a translation where a field cannot be mapped; {@link translated} turns it into the answer. */
class UntranslatableError extends Error {
  override readonly name = 'UntranslatableError';
  readonly field: string;
  readonly zh: string;

  constructor(field: string, zh: string, en: string) {
    super(en);
    this.field = field;
    this.zh = zh;
  }
}

/** Stops the translation at this field. The texts name the field and never its value, which may be personal. */
export function untranslatable(field: string, zh: string, en: string): never {
  throw new UntranslatableError(field, zh, en);
}

/** The value, or the end of the translation when there is none. */
export function required<T>(value: T | null | undefined, field: string): T {
  return value ?? untranslatable(field, `缺少“${field}”，无法转换`, `${field} is missing`);
}

/** The row that a table has for a code, or the end of the translation when it has none. */
export function mapped<V>(table: Readonly<Record<string, V>>, code: string, field: string): V {
  const row = Object.hasOwn(table, code) ? table[code] : undefined;
  return row ?? untranslatable(field, `“${field}”的代码没有对应关系`, `the code in ${field} has no counterpart`);
}

/** Runs a translation and gives its answer. Any other error is a bug and passes through. */
export function translated<T>(translate: () => T): Translated<T> {
  try {
    return { ok: true, payload: translate() };
  } catch (error) {
    if (error instanceof UntranslatableError) return { ok: false, field: error.field, zh: error.zh, en: error.message };
    throw error;
  }
}
