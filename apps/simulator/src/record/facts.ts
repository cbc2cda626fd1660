import { hash } from 'node:crypto';

interface MaterialLike {
  readonly materialCode: string;
  readonly form: string;
  readonly originals: number;
  readonly copies: number;
  readonly taken?: boolean;
  readonly attachments: readonly { readonly fileId: string; readonly sm3: string }[];
}

function isMaterial(value: unknown): value is MaterialLike {
  return typeof value === 'object' && value !== null && 'materialCode' in value && 'attachments' in value;
}

/** One short text for a list of materials: equal for equal codes, forms, counts, files and digests, whatever their order. */
export function materialsDigest(materials: readonly unknown[]): string {
  const lines = materials.filter(isMaterial).filter((one) => one.taken !== false).map((one) => [
    one.materialCode, one.form, one.originals, one.copies, ...one.attachments.map((file) => `${file.fileId}=${file.sm3}`),
  ].join('|'));
  return `${lines.length}:${hash('sha256', lines.sort().join('\n'), 'hex').slice(0, 32)}`;
}

/** A body as the record keeps it: whole, but lists of materials as one digest each and the formal check left out. */
export function factsOf(body: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'formalCheck').map(([name, value]) => [name, factOf(name, value)]));
}

function factOf(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return name === 'materials' ? materialsDigest(value) : value;
  return typeof value === 'object' && value !== null ? factsOf(value) : value;
}
