import type { KeyRing } from '#runtime';

/** Header that names the key version a body was sealed with. */
export const KEY_VERSION_HEADER = 'x-key-version';

export interface SealedBody {
  readonly content: Buffer;
  readonly keyVersion: string;
}

/** RabbitMQ keeps queues on disk, so a body leaves the process only encrypted. A `Buffer` is taken for JSON in UTF-8 that somebody has written already. */
export function sealBody(sealer: KeyRing, body: unknown): SealedBody {
  const sealed = sealer.seal(Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)));
  return { content: sealed.bytes, keyVersion: String(sealed.version) };
}

/** The JSON value of a sealed body. @throws when the key version is missing or unknown, the bytes were altered, or they are no JSON. */
export function openBody(sealer: KeyRing, content: Buffer, keyVersion: string | undefined): unknown {
  if (keyVersion === undefined || !/^[1-9]\d{0,8}$/.test(keyVersion)) throw new Error(`header ${KEY_VERSION_HEADER} is missing or no number`);
  const text = sealer.open(Number(keyVersion), content).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words quote the text, and nothing of a body may stand in a reason.
    throw new Error('the opened bytes are no JSON');
  }
}
