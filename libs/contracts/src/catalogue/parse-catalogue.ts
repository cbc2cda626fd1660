import { checkShape, problemAt } from '../validation/check-shape.ts';
import type { AnyClass } from '../validation/nested-class.ts';
import type { FieldProblem } from '../wire/door-refusal.ts';
import { CertificateTypeRow } from './certificate-type-row.ts';
import { Hall } from './hall.ts';
import { CatalogueItem } from './item.ts';

/** The items, halls and certificate types that are in force, looked up by code. */
export interface Catalogue {
  readonly items: readonly CatalogueItem[];
  readonly halls: readonly Hall[];
  readonly certificateTypes: readonly CertificateTypeRow[];
  item(code: string): CatalogueItem | undefined;
  hall(code: string): Hall | undefined;
  certificateType(code: string): CertificateTypeRow | undefined;
  /** Whether a region code of 6, 9 or 12 digits lies in the division of one of the halls. */
  hasRegion(regionCode: string): boolean;
}

/** The three files as they were read: `items.json` (an object with `items`), `halls.json` and `certificate-types.json` (lists). */
export interface CatalogueFiles {
  readonly items: unknown;
  readonly halls: unknown;
  readonly certificateTypes: unknown;
}

/** The catalogue files break their own rules; `problems` names every field, such as `halls[2].regionCode`. */
export class CatalogueError extends Error {
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[]) {
    super(`The catalogue cannot be used:\n${problems.map(({ field, en, zh }) => `  ${field} ${en} (${zh})`).join('\n')}`);
    this.name = 'CatalogueError';
    this.problems = problems;
  }
}

const DIVISION_DIGITS = 6;

/** Reads the catalogue from the parsed files. Throws {@link CatalogueError} when a field breaks a rule, a code is there twice or a reference leads nowhere. */
export function parseCatalogue(files: CatalogueFiles): Catalogue {
  const problems: FieldProblem[] = [];
  const items = rows(CatalogueItem, listOfItems(files.items), 'items', problems);
  const halls = rows(Hall, files.halls, 'halls', problems);
  const certificateTypes = rows(CertificateTypeRow, files.certificateTypes, 'certificateTypes', problems);
  if (problems.length === 0) problems.push(...items.flatMap(referenceProblems));
  if (problems.length > 0) throw new CatalogueError(problems);
  return lookUps(items, halls, certificateTypes);
}

function lookUps(items: readonly CatalogueItem[], halls: readonly Hall[], certificateTypes: readonly CertificateTypeRow[]): Catalogue {
  const itemOf = byCode(items);
  const hallOf = byCode(halls);
  const certificateTypeOf = byCode(certificateTypes);
  const divisions = new Set(halls.map(({ regionCode }) => regionCode.slice(0, DIVISION_DIGITS)));
  return {
    items, halls, certificateTypes,
    item: (code) => itemOf.get(code),
    hall: (code) => hallOf.get(code),
    certificateType: (code) => certificateTypeOf.get(code),
    hasRegion: (regionCode) => divisions.has(regionCode.slice(0, DIVISION_DIGITS)),
  };
}

const byCode = <T extends { readonly code: string }>(list: readonly T[]): ReadonlyMap<string, T> => new Map(list.map((row) => [row.code, row]));

/** `items.json` says beside the list where it comes from. */
const listOfItems = (file: unknown): unknown => (typeof file === 'object' && file !== null && 'items' in file ? file.items : file);

function rows<T extends { readonly code: string }>(type: new () => T, list: unknown, at: string, problems: FieldProblem[]): readonly T[] {
  if (!Array.isArray(list) || list.length === 0) {
    problems.push(problemAt(at, { rule: 'array', zh: '应为非空数组', en: 'must be a list with at least one entry' }));
    return [];
  }
  problems.push(...list.flatMap((row, index) => checkShape(type as AnyClass, row, `${at}[${index}]`)));
  if (problems.length > 0) return [];
  const found = list as readonly T[];
  const seen = new Set<string>();
  found.forEach(({ code }, index) => {
    if (seen.has(code)) problems.push(problemAt(`${at}[${index}].code`, { rule: 'unique', zh: '代码重复', en: 'is there twice' }));
    seen.add(code);
  });
  return found;
}

/** What an item refers to must be there: its materials, a relation where a relative is required, the field that decides its business type. */
function referenceProblems(item: CatalogueItem, index: number): FieldProblem[] {
  const at = (name: string): string => `items[${index}].${name}`;
  const problems: FieldProblem[] = [];
  const materials = new Set(item.materials.map(({ materialCode }) => materialCode));
  const named = [...item.agentWhenTaken, ...(item.materialsAtLeastOneOf ?? []).flatMap(({ anyOf }) => anyOf)];
  if (materials.size < item.materials.length) problems.push(problemAt(at('materials'), { rule: 'unique', zh: '材料编码重复', en: 'has a material code twice' }));
  if (named.some((code) => !materials.has(code))) problems.push(problemAt(at('materials'), { rule: 'known-material', zh: '缺少被引用的材料', en: 'lacks a material that is referred to' }));
  if (item.requires.includes('relative') !== item.relations.length > 0) {
    problems.push(problemAt(at('relations'), { rule: 'relations', zh: '要求关系人时必须列出允许的关系，反之不得列出', en: 'must list relations exactly where a relative is required' }));
  }
  const decides = item.jgj320.businessTypeBy?.field;
  if (decides !== undefined && !item.requires.includes(decides)) {
    problems.push(problemAt(at('requires'), { rule: 'business-type-field', zh: '决定业务类型的字段必须列为必需', en: 'must list the field that decides the business type' }));
  }
  return problems;
}
