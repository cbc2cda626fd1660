import { readFileSync } from 'node:fs';
import type { SigningKey } from './scheme.ts';

/** Own keys by app key (`hall-410204`, `bureau`, `centre`), and the keys the bridge signs with. */
export interface Keys {
  readonly own: ReadonlyMap<string, readonly SigningKey[]>;
  readonly bridge: readonly SigningKey[];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readKey(value: unknown, where: string): SigningKey {
  if (!isRecord(value)) throw new Error(`${where} must be {keyId, algorithm, secret}`);
  const { keyId, algorithm, secret } = value;
  if (typeof keyId !== 'string' || keyId === '') throw new Error(`${where}.keyId must be a text`);
  if (algorithm !== 'HMAC-SHA256' && algorithm !== 'HMAC-SM3') throw new Error(`${where}.algorithm must be HMAC-SHA256 or HMAC-SM3`);
  if (typeof secret !== 'string' || secret.length < 16) throw new Error(`${where}.secret must be a text of at least 16 characters`);
  return { keyId, algorithm, secret };
}

function readKeys(value: unknown, where: string): SigningKey[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new Error(`${where} must name at least one key`);
  return list.map((key, at) => readKey(key, `${where}[${at}]`));
}

/** Reads the content of a keys file; errors name the field, never a secret. */
export function parseKeys(text: string): Keys {
  const file: unknown = JSON.parse(text);
  if (!isRecord(file) || !isRecord(file.own)) throw new Error('own must be {appKey: [keys]}');
  const own = new Map(Object.entries(file.own).map(([appKey, keys]) => [appKey, readKeys(keys, `own.${appKey}`)]));
  return { own, bridge: readKeys(file.bridge, 'bridge') };
}

export function readKeysFile(path: string): Keys {
  return parseKeys(readFileSync(path, 'utf8'));
}
