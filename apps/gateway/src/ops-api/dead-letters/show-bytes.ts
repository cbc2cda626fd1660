import type { LetterRow } from '../../ledger/letter-verb-rows.ts';
import { maskBody } from '../bodies/mask-body.ts';
import type { OpenedLetter } from './open-letter.ts';

/** Bytes shown of one letter, at most. */
export const SHOWN_BYTES = 16_384;
const PER_LINE = 16;
const HIGH_BIT = 0x80;
const SPACE = 0x20;
const DIGITS = /\d{5,}/g;

/** A letter's bytes as they may be seen. */
export interface ShownBytes {
  readonly bytes: Buffer;
  /** Something in them was replaced: they were not sealed. */
  readonly masked: boolean;
  readonly truncated: boolean;
}

/**
 * Ciphertext is shown as it is. What lies there in clear is shown masked: JSON with its values masked; anything else without its long
 * numbers and without every character that is not ASCII, a Chinese name among them.
 */
export function shownBytes({ raw, headers }: Pick<LetterRow, 'raw' | 'headers'>, opened: OpenedLetter): ShownBytes {
  const ciphertext = opened.sealed && headers['x-key-version'] !== undefined;
  const bytes = ciphertext ? raw : maskedBytes(raw, opened);
  return { bytes: bytes.subarray(0, SHOWN_BYTES), masked: !ciphertext, truncated: bytes.length > SHOWN_BYTES };
}

function maskedBytes(raw: Buffer, opened: OpenedLetter): Buffer {
  if (opened.ok) return Buffer.from(JSON.stringify(maskBody(opened.body).body));
  const plain = raw.subarray(0, SHOWN_BYTES + 1).map((byte) => (byte >= HIGH_BIT ? 0x3f : byte));
  return Buffer.from(Buffer.from(plain).toString('latin1').replaceAll(DIGITS, (run) => '*'.repeat(run.length)), 'latin1');
}

/** A hex dump as people read it: offset, bytes, and the printable ones as text. */
export function hexDump(bytes: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const line = bytes.subarray(at, at + PER_LINE);
    const hex = [...line].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = [...line].map((byte) => (byte >= SPACE && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(PER_LINE * 3 - 1)}  ${text}`);
  }
  return lines.join('\n');
}
