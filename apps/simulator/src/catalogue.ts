import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Requirement = 'agent' | 'ratios' | 'transferDirection' | 'relative' | 'closesAccount' | 'accountHolder';
export type Relation = 'spouse' | 'parent' | 'child';

/** The columns of `items.json` that an applicant's side needs. */
export interface Item {
  readonly code: string;
  readonly nameZhDisplay: string;
  readonly category: string;
  readonly applicantType: 'individual' | 'employer' | 'either';
  readonly requires: readonly Requirement[];
  readonly relations: readonly Relation[];
  /** Materials that mean somebody else stands at the window. */
  readonly agentWhenTaken: readonly string[];
  readonly materials: readonly { readonly materialCode: string; readonly nameZh: string; readonly required: boolean; readonly form: string }[];
  readonly materialsAtLeastOneOf?: readonly { readonly anyOf: readonly string[] }[];
}

export interface Hall {
  readonly code: string;
  readonly name: string;
  readonly district: string;
  readonly regionCode: string;
}

export interface Catalogue {
  readonly items: readonly Item[];
  readonly halls: readonly Hall[];
}

function read(folder: string, name: string): unknown {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}

/** Reads the published catalogue files. @throws when one is missing or not JSON. */
export function readCatalogue(folder: string): Catalogue {
  const { items } = read(folder, 'items.json') as { items: readonly Item[] };
  return { items, halls: read(folder, 'halls.json') as readonly Hall[] };
}
