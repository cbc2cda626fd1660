import { isUtf8 } from 'node:buffer';
import type { KeyRing } from '#runtime';
import type { LetterRow } from '../../ledger/letter-verb-rows.ts';

type Letter = Pick<LetterRow, 'raw' | 'headers'>;

/** What a letter's bytes turned out to be. `sealed`: they are ciphertext, which shows nothing of what it says. */
export type OpenedLetter =
  | { readonly sealed: boolean; readonly ok: true; readonly body: unknown }
  | { readonly sealed: boolean; readonly ok: false; readonly error: 'no-key' | 'does-not-open' | 'not-json'; readonly errorZh: string };

const KEY_VERSION = /^[1-9]\d{0,8}$/;
const ERRORS_ZH = {
  'no-key': '消息头没有写明密钥版本，内容也不是 JSON',
  'does-not-open': '以消息头所写的密钥版本打不开：密钥不在密钥文件里，或内容损坏',
  'not-json': '打开后不是 JSON',
} as const;

/** Opens a letter with the key ring, as its handler would have; one that was never sealed is read as it is. Never throws. */
export function openLetter({ raw, headers }: Letter, keys: KeyRing): OpenedLetter {
  // Ciphertext of any length is not valid UTF-8 but by a chance that nobody will see.
  const sealed = !isUtf8(raw);
  const version = headers['x-key-version'] ?? '';
  if (!sealed) return parse(raw, false, 'no-key');
  if (!KEY_VERSION.test(version)) return failed(sealed, 'no-key');
  try {
    return parse(keys.open(Number(version), raw), true, 'not-json');
  } catch {
    return failed(sealed, 'does-not-open');
  }
}

function parse(bytes: Buffer, sealed: boolean, error: keyof typeof ERRORS_ZH): OpenedLetter {
  try {
    return { sealed, ok: true, body: JSON.parse(bytes.toString('utf8')) as unknown };
  } catch {
    return failed(sealed, error);
  }
}

function failed(sealed: boolean, error: keyof typeof ERRORS_ZH): OpenedLetter {
  return { sealed, ok: false, error, errorZh: ERRORS_ZH[error] };
}
