import { fieldsByPath, formOf, listPath } from '#contracts';
import { otherValues } from './other-values.ts';
import { leavesIn, oneOfEach, withLeaf } from './payload-leaves.ts';
import { translateAnew } from './translate-anew.ts';
import type { Origin } from './translate-anew.ts';

/** `same`: taken over as it is; `converted`: in the receiver's codes or form; `given`: by the bridge, whatever was said. */
export type MappingWay = 'same' | 'converted' | 'given';

/** One field of what the receiver gets, and what it is made from. Paths in lists have `[]`. */
export interface MappedField {
  readonly target: string;
  readonly zh: string;
  /** `event.…` as it came, `receipt.…` and `case.…` as the case now reads. */
  readonly sources: readonly string[];
  readonly way: MappingWay;
}

/** One value that a translation may use. */
interface Source {
  readonly name: string;
  readonly value: unknown;
  readonly replacedBy: (other: unknown) => Origin;
}

type Leaves = ReadonlyMap<string, unknown>;

/**
 * Which field of a payload comes from which (字段对照), found by what the translation itself does: each value of the event and of the case is
 * changed, one at a time, and what changes in the payload was made from it. So the table can never tell another story than the translation.
 * Null when it cannot be translated.
 */
export function traceMapping(origin: Origin): MappedField[] | null {
  const { event, intake, destination, kind } = origin;
  // Entries of one list are all made alike: one of each is traced, so that the work does not grow with what was handed in.
  const sample = { ...origin, event: oneOfEach(event), intake: { ...intake, receipt: oneOfEach(intake.receipt) } };
  const base = leavesOfTranslation(sample);
  if (base === null) return null;
  const made = new Map<string, Source[]>();
  for (const source of sourcesOf(sample)) {
    for (const target of changedBy(source, base)) made.set(target, [...made.get(target) ?? [], source]);
  }
  const fields = fieldsByPath(formOf(destination, kind));
  return [...base].map(([path, value]) => {
    const [target, sources] = [listPath(path), made.get(path) ?? []];
    return { target, zh: fields.get(target)?.zh ?? target, sources: sources.map(({ name }) => listPath(name)), way: wayOf(value, sources) };
  });
}

function wayOf(value: unknown, sources: readonly Source[]): MappingWay {
  if (sources.length === 0) return 'given';
  return sources.every((source) => source.value === value) ? 'same' : 'converted';
}

function sourcesOf(origin: Origin): Source[] {
  const { event, intake } = origin;
  const { projectNo, hallCode, itemCode, receipt } = intake;
  return [
    ...[...leavesIn(event)].map(([path, value]) => ({ name: `event.${path}`, value, replacedBy: (other: unknown) => ({ ...origin, event: withLeaf(event, path, other) }) })),
    ...[...leavesIn(receipt)].map(([path, value]) => ({
      name: `receipt.${path}`, value, replacedBy: (other: unknown) => ({ ...origin, intake: { ...intake, receipt: withLeaf(receipt, path, other) } }),
    })),
    ...Object.entries({ projectNo, hallCode, itemCode }).map(([name, value]) => ({ name: `case.${name}`, value, replacedBy: (other: unknown) => ({ ...origin, intake: { ...intake, [name]: other } }) })),
  ];
}

/** The fields that another value of this source would change. One that would go decides whether it is there, not what it says. */
function changedBy({ value, replacedBy }: Source, base: Leaves): string[] {
  for (const other of otherValues(value)) {
    const leaves = leavesOfTranslation(replacedBy(other));
    if (leaves === null) continue;
    const changed = [...base].filter(([path, was]) => leaves.has(path) && leaves.get(path) !== was).map(([path]) => path);
    if (changed.length > 0) return changed;
  }
  return [];
}

function leavesOfTranslation(origin: Origin): Leaves | null {
  const translated = translateAnew(origin);
  return translated.ok ? leavesIn(translated.payload) : null;
}
