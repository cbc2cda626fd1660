import type { KeyRing } from '#runtime';

/** A value as it lies in the ledger: encrypted, with the version of the key that opens it. */
export interface Sealed {
  readonly sealed: Buffer;
  readonly key_version: number;
}

/** Encrypts a JSON value for a pair of `sealed` columns. */
export function sealJson(keys: KeyRing, value: unknown): Sealed {
  const { version, bytes } = keys.seal(Buffer.from(JSON.stringify(value)));
  return { sealed: bytes, key_version: version };
}

/** What came over the bus is sealed with the same keys in the same way: it is kept as it is. */
export function asItCame(sealed: { readonly bytes: Buffer; readonly version: number } | null | undefined): Sealed | null {
  return sealed ? { sealed: sealed.bytes, key_version: sealed.version } : null;
}

/** The value again; throws when the key of that version is not on the ring or the bytes were touched. */
export function openJson<T>(keys: KeyRing, row: Sealed): T {
  return JSON.parse(keys.open(row.key_version, row.sealed).toString('utf8')) as T;
}
