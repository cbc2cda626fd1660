type Value = string | number | null;

/** One field of a form, as far as it is shown. */
export interface FormField {
  readonly path: string;
  readonly zh: string;
  readonly kind: string;
  readonly access: 'locked' | 'sensitive' | 'free';
  readonly money: boolean;
  readonly required: boolean;
  readonly maxLength: number | null;
  readonly hint: string | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly entries: 'free' | 'removable' | null;
  readonly minItems: number | null;
  readonly maxItems: number | null;
  readonly choices: readonly { readonly value: string; readonly zh: string }[] | null;
  readonly checksum: { readonly rules: Readonly<Record<string, string>> } | null;
  readonly fields: readonly FormField[];
}

export interface FormValue {
  readonly path: string;
  readonly zh: string;
  readonly access: FormField['access'];
  readonly value: Value;
}

export interface Form {
  readonly transferId: string;
  readonly projectNo: string;
  readonly transferKindZh: string;
  readonly revision: number;
  readonly translatedAnew: boolean;
  readonly problemZh: string | null;
  readonly fields: readonly FormField[];
  readonly values: readonly FormValue[];
}

export interface FieldDiff {
  readonly path: string;
  readonly zh: string;
  readonly money: boolean;
  readonly before: Value;
  readonly after: Value;
}

export interface EditCheck {
  readonly sound: boolean;
  readonly needsApproval: boolean;
  readonly problems: readonly { readonly field: string; readonly zh: string }[];
  readonly diff: readonly FieldDiff[];
  readonly wouldSend: readonly FormValue[];
}

/** An edit that waits for a second person. */
export interface PendingEdit {
  readonly editId: string;
  readonly transferId: string;
  readonly author: string;
  readonly own: boolean;
  readonly reason: string;
  readonly ticket: string | null;
  readonly revision: number;
  readonly changedPaths: readonly string[];
  readonly moneyPaths: readonly string[];
  readonly createdAt: string;
  readonly override: boolean;
  readonly beyondDedupeWindow: boolean;
  readonly firstAttemptAgeSeconds: number | null;
}

export interface EditDetail extends PendingEdit {
  readonly state: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly diff: readonly FieldDiff[];
}

/** Every field with its list path: `application.materials[].name`. */
export function fieldsByPath(fields: readonly FormField[]): ReadonlyMap<string, FormField> {
  return new Map(fields.flatMap((field) => [[field.path, field] as const, ...fieldsByPath(field.fields)]));
}

/** `a[3].b` as the form names it: `a[].b`. */
export function listPath(path: string): string {
  return path.replaceAll(/\[\d+\]/g, '[]');
}
