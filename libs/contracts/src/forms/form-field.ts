import type { ChecksumName } from '../validation/checksums.ts';
import type { FieldAccess, ListEntries } from './field-entries.ts';

export type FieldKind = 'text' | 'number' | 'amount' | 'date' | 'choice' | 'list' | 'group';

/** One word of a closed set, and what it means. */
export interface FormChoice {
  readonly value: string;
  readonly zh: string;
}

/** The published check of a number: always the same, or by the word in the field beside it. */
export interface FormChecksum {
  /** Name of the field beside this one that decides; null when `rules` has one rule for all, under `*`. */
  readonly by: string | null;
  readonly rules: Readonly<Record<string, ChecksumName>>;
}

/** One field of a message as a form shows it (表单字段). Bounds are absent where there is none. */
export interface FormField {
  /** From the message's root; a list's entries are `[]`: `application.materials[].name`. */
  readonly path: string;
  readonly zh: string;
  readonly kind: FieldKind;
  /** Of a group or list: `free` when anything in it can be changed. */
  readonly access: FieldAccess;
  readonly money: boolean;
  readonly required: boolean;
  readonly maxLength?: number;
  /** ECMAScript, with the `u` flag, anchored. */
  readonly pattern?: string;
  /** What the pattern wants, in words. */
  readonly hint?: string;
  /** Of a number. */
  readonly min?: number;
  readonly max?: number;
  /** Of a list: whether entries can be added and taken away, or only taken away. Absent: they stay as many as they are. */
  readonly entries?: ListEntries;
  /** Of a list. */
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly choices?: readonly FormChoice[];
  readonly checksum?: FormChecksum;
  readonly fields?: readonly FormField[];
}

/** The names by which people know the checks. */
export const CHECKSUM_NAMES: Readonly<Record<ChecksumName, string>> = { gb11643: 'GB 11643', gb32100: 'GB 32100', gb11714: 'GB 11714' };
