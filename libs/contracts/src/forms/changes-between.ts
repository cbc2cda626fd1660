import { fieldsByPath } from './apply-changes.ts';
import { entryFields } from './change-entries.ts';
import type { ChangedField } from './changes.ts';
import type { FormField } from './form-field.ts';
import { listPath, placeOf, valueAt } from './paths.ts';

/** What these parts of a payload were and are: the difference that an edit makes, told again from what was kept of it. */
export function changesBetween(form: readonly FormField[], before: unknown, after: unknown, parts: readonly string[]): ChangedField[] {
  const fields = fieldsByPath(form);
  const removed = parts.filter((part) => part.startsWith('-')).map((part) => part.slice(1));
  return parts.flatMap((part) => {
    const path = part.replace(/^[+-]/, '');
    if (part.startsWith('+')) return entryFields(fields, valueAt(after, path), path, '+');
    if (part.startsWith('-')) return entryFields(fields, valueAt(before, path), path, '-');
    const field = fields.get(listPath(path));
    return field === undefined ? [] : [{ path, part, field, before: valueAt(before, path), after: valueAt(after, movedPath(path, removed)) }];
  });
}

/** Where a field stands after entries before it have gone: each list on its way counts those. */
function movedPath(path: string, removed: readonly string[]): string {
  return path.replaceAll(/\[(\d+)\]/g, (_step, index: string, at: number) => {
    const list = path.slice(0, at);
    const before = removed.filter((gone) => placeOf(gone)?.list === list && Number(placeOf(gone)?.index) < Number(index)).length;
    return `[${Number(index) - before}]`;
  });
}
