import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SigningKey {
  readonly keyId: string;
  readonly algorithm: 'HMAC-SHA256' | 'HMAC-SM3';
  readonly secret: string;
}

/** Who signs with what on this machine: each sender has keys of its own, and the bridge one for each side it delivers to. */
export interface LocalKeys {
  readonly halls: Record<string, SigningKey>;
  readonly bureau: SigningKey;
  readonly centre: SigningKey;
  readonly bridgeToHalls: SigningKey;
  readonly bridgeToCentre: SigningKey;
}

export interface LocalSecrets {
  readonly folder: string;
  readonly keys: LocalKeys;
  /** The operators' token when it was made just now, so that it can be shown once; `null` at every later start. */
  readonly newOpsToken: string | null;
}

/** Makes what is missing of the secrets for use on this machine only; what exists is kept, since the ledger is sealed with it. */
export function prepareSecrets(folder: string, hallCodes: readonly string[]): LocalSecrets {
  const made = once(join(folder, 'ops-token'), () => randomBytes(32).toString('base64url'));
  once(join(folder, 'ledger-keys.json'), ledgerKeys);
  const keys = extendKeys(readKeys(folder), hallCodes);
  writeSecret(join(folder, 'signing-keys.json'), keys);
  writeSecret(join(folder, 'district-ingress-keys.json'), { ...senders(keys), bureau: [keys.bureau] });
  writeSecret(join(folder, 'centre-ingress-keys.json'), { centre: [keys.centre] });
  writeSecret(join(folder, 'platform-keys.json'), { own: { ...senders(keys), bureau: [keys.bureau] }, bridge: [keys.bridgeToHalls] });
  writeSecret(join(folder, 'centre-keys.json'), { own: { centre: [keys.centre] }, bridge: [keys.bridgeToCentre] });
  return { folder, keys, newOpsToken: made };
}

/**
 * Says where the two sides are delivered to: their ports may differ at each start. The halls in `askedFirst` cannot tell a repetition: they are asked
 * before anything is sent again.
 */
export function writeEndpoints({ folder, keys }: LocalSecrets, platformUrl: string, centreUrl: string, askedFirst: readonly string[] = []): void {
  const halls: Record<string, object> = {};
  for (const code of Object.keys(keys.halls)) {
    const url = `${platformUrl}/v1/halls/${code}/completion-updates`;
    const verify = askedFirst.includes(code) ? { verify: { url: `${url}/{transferId}`, timeoutMs: 5_000 } } : {};
    halls[`hall:${code}`] = { url, timeoutMs: 5_000, signing: keys.bridgeToHalls, ...verify };
  }
  writeSecret(join(folder, 'district-endpoints.json'), halls);
  writeSecret(join(folder, 'centre-endpoints.json'), { centre: { url: `${centreUrl}/v1/work-items`, timeoutMs: 5_000, signing: keys.bridgeToCentre } });
}

/** Keys for halls that joined since; both algorithms are in use, as they are outside. */
export function extendKeys(before: Partial<LocalKeys>, hallCodes: readonly string[]): LocalKeys {
  const halls = Object.fromEntries(hallCodes.map((code, index) =>
    [code, before.halls?.[code] ?? newKey(`hall-${code}-1`, index % 2 === 0 ? 'HMAC-SM3' : 'HMAC-SHA256')]));
  return {
    halls: { ...before.halls, ...halls },
    bureau: before.bureau ?? newKey('bureau-1', 'HMAC-SHA256'),
    centre: before.centre ?? newKey('centre-1', 'HMAC-SM3'),
    bridgeToHalls: before.bridgeToHalls ?? newKey('bridge-halls-1', 'HMAC-SHA256'),
    bridgeToCentre: before.bridgeToCentre ?? newKey('bridge-centre-1', 'HMAC-SM3'),
  };
}

function newKey(keyId: string, algorithm: SigningKey['algorithm']): SigningKey {
  return { keyId, algorithm, secret: randomBytes(32).toString('base64url') };
}

function senders(keys: LocalKeys): Record<string, SigningKey[]> {
  return Object.fromEntries(Object.entries(keys.halls).map(([code, key]) => [`hall-${code}`, [key]]));
}

function ledgerKeys(): string {
  return JSON.stringify({ active: 1, keys: { 1: randomBytes(32).toString('base64') }, index: randomBytes(32).toString('base64') });
}

function readKeys(folder: string): Partial<LocalKeys> {
  const path = join(folder, 'signing-keys.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Partial<LocalKeys>) : {};
}

/** Writes what `make` gives when there is no such file yet; gives the new content, or `null`. */
function once(path: string, make: () => string): string | null {
  if (existsSync(path)) return null;
  const content = make();
  writeFileSync(path, content, { mode: 0o600 });
  return content;
}

function writeSecret(path: string, content: object): void {
  writeFileSync(path, JSON.stringify(content, null, 2), { mode: 0o600 });
}
