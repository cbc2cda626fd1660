import { createCipheriv, createDecipheriv, createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error.ts';

/** A sealed value names a key version that the ring does not hold. */
export class UnknownKeyVersionError extends Error {
  override readonly name = 'UnknownKeyVersionError';

  constructor(version: number) {
    super(`no key of version ${version} in the key ring`);
  }
}

/** A sealed value was altered, cut short, or sealed with another key of the same version. */
export class TamperedError extends Error {
  override readonly name = 'TamperedError';

  constructor(options?: ErrorOptions) {
    super('sealed bytes do not open with the key of their version', options);
  }
}

export interface Sealed {
  readonly version: number;
  /** IV (12 bytes), ciphertext, authentication tag (16 bytes). */
  readonly bytes: Buffer;
}

export interface KeyRingKeys {
  /** Version that seals from now on. */
  readonly active: number;
  /** Version → 32 bytes. Old versions stay as long as anything sealed with them exists. */
  readonly keys: ReadonlyMap<number, Buffer>;
  /** 32 bytes for the blind index. It never rotates: the index could not be searched any more. */
  readonly index: Buffer;
}

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
/** NIST SP 800-38D 8.2.2: a random 96-bit IV, safe for 2^32 values per key. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const IVS_PER_DRAW = 256;

/** Seals and opens personal data with versioned AES-256-GCM keys. The version is authenticated too: it cannot be swapped. */
export class KeyRing {
  /** Prepared once: handing raw bytes to every cipher costs three times the encryption of a message. */
  private readonly ciphers: ReadonlyMap<number, KeyObject>;
  private readonly active: number;
  private readonly index: KeyObject;
  private ivPool = Buffer.alloc(0);

  /** @throws ConfigError when the active key is missing or a key has not 32 bytes. */
  constructor(keys: KeyRingKeys) {
    if (!keys.keys.has(keys.active)) throw badKeys(`active is ${keys.active}`, `one of the versions under keys: ${[...keys.keys.keys()].join(', ') || 'none'}`);
    for (const [version, key] of keys.keys) {
      if (key.length !== KEY_BYTES) throw badKeys(`keys.${version} has ${key.length} bytes`, `${KEY_BYTES} bytes in base64`);
    }
    if (keys.index.length !== KEY_BYTES) throw badKeys(`index has ${keys.index.length} bytes`, `${KEY_BYTES} bytes in base64`);
    this.ciphers = new Map([...keys.keys].map(([version, key]) => [version, createSecretKey(key)]));
    this.active = keys.active;
    this.index = createSecretKey(keys.index);
  }

  /** Which versions it holds, and which of them seals; never a key. */
  get versions(): { readonly active: number; readonly all: readonly number[] } {
    return { active: this.active, all: [...this.ciphers.keys()].toSorted((one, other) => one - other) };
  }

  /** Reads `{"active": 1, "keys": {"1": "<base64>"}, "index": "<base64>"}` from a file that only the program's user should be able to read. */
  static fromFile(path: string): KeyRing {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      throw badKeys(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`, 'the path of a readable JSON file');
    }
    return KeyRing.fromJson(text);
  }

  /** @throws ConfigError naming what is wrong, never the keys. */
  static fromJson(text: string): KeyRing {
    const parsed = parseObject(text);
    const { active, keys, index } = parsed;
    if (!Number.isInteger(active)) throw badKeys('active is no whole number', 'the version of the key that seals from now on');
    if (typeof keys !== 'object' || keys === null) throw badKeys('keys is missing', 'an object of version → 32 bytes in base64');
    if (typeof index !== 'string') throw badKeys('index is missing', '32 bytes in base64');
    const ring = new Map(Object.entries(keys).map(([version, key]) => {
      if (!/^[1-9]\d{0,8}$/.test(version)) throw badKeys(`keys.${version}`, 'versions that are whole numbers from 1');
      return [Number(version), Buffer.from(String(key), 'base64')];
    }));
    return new KeyRing({ active: active as number, keys: ring, index: Buffer.from(index, 'base64') });
  }

  /** A new random key file's text, for the first start of a local instance. */
  static generateJson(): string {
    const key = (): string => randomBytes(KEY_BYTES).toString('base64');
    return `${JSON.stringify({ active: 1, keys: { 1: key() }, index: key() }, null, 2)}\n`;
  }

  get activeVersion(): number {
    return this.active;
  }

  seal(plain: Buffer): Sealed {
    const version = this.active;
    const iv = this.freshIv();
    const cipher = createCipheriv(ALGORITHM, this.key(version), iv, { authTagLength: TAG_BYTES }).setAAD(versionAad(version));
    return { version, bytes: standingApart([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]) };
  }

  /** @throws UnknownKeyVersionError or TamperedError */
  open(version: number, bytes: Buffer): Buffer {
    const key = this.key(version);
    if (bytes.length < IV_BYTES + TAG_BYTES) throw new TamperedError();
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(versionAad(version))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch (cause) {
      throw new TamperedError({ cause });
    }
  }

  /** The same text always gives the same index (hex), which says nothing of the text: equality can be searched without opening anything. */
  blindIndex(text: string): string {
    return createHmac('sha256', this.index).update(text, 'utf8').digest('hex');
  }

  /** Random bytes are drawn for many IVs at once, for the draw itself is the dear part; no byte is used twice. */
  private freshIv(): Buffer {
    if (this.ivPool.length < IV_BYTES) this.ivPool = randomBytes(IV_BYTES * IVS_PER_DRAW);
    const iv = this.ivPool.subarray(0, IV_BYTES);
    this.ivPool = this.ivPool.subarray(IV_BYTES);
    return iv;
  }

  private key(version: number): KeyObject {
    const key = this.ciphers.get(version);
    if (!key) throw new UnknownKeyVersionError(version);
    return key;
  }
}

/**
 * In memory of their own: sealed bytes are kept until a broker has confirmed or a ledger has recorded them, and a piece of the pool out of which Node
 * serves small buffers keeps all 64 KiB of it for as long.
 */
function standingApart(pieces: readonly Buffer[]): Buffer {
  const bytes = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const piece of pieces) end += piece.copy(bytes, end);
  return bytes;
}

function versionAad(version: number): Buffer {
  return Buffer.from(`jiujin:key:${version}`);
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // Said below, without the text: it holds keys.
  }
  throw badKeys('the content is no JSON object', '{"active": 1, "keys": {"1": "<base64>"}, "index": "<base64>"}');
}

function badKeys(given: string, allowed: string): ConfigError {
  return new ConfigError([{ field: 'LEDGER_KEYS_FILE', given, allowed }]);
}
