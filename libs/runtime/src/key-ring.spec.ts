import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { ConfigError } from './config-error.ts';
import { KeyRing, TamperedError, UnknownKeyVersionError } from './key-ring.ts';

const [first, second, index] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const old = new KeyRing({ active: 1, keys: new Map([[1, first]]), index });
const rotated = new KeyRing({ active: 2, keys: new Map([[1, first], [2, second]]), index });
const plain = Buffer.from('测试甲');

describe('sealing personal data', () => {
  it('opens what it sealed, and hides it', () => {
    const { version, bytes } = old.seal(plain);
    expect(version).toBe(1);
    expect(bytes.includes(plain)).toBe(false);
    expect(old.open(version, bytes)).toEqual(plain);
  });

  it('never uses an IV twice', () => {
    const ivs = new Set(Array.from({ length: 2_000 }, () => old.seal(plain).bytes.subarray(0, 12).toString('hex')));
    expect(ivs.size).toBe(2_000);
  });

  it('gives sealed bytes that keep no other memory alive than their own', () => {
    const { bytes } = old.seal(plain);
    expect(bytes.buffer.byteLength).toBe(bytes.length);
  });

  it('opens after a rotation what an old key sealed, and seals with the new one', () => {
    const { version, bytes } = old.seal(plain);
    expect(rotated.open(version, bytes)).toEqual(plain);
    expect(rotated.seal(plain).version).toBe(2);
  });

  it('says when it has no key of that version', () => {
    const { version, bytes } = rotated.seal(plain);
    expect(() => old.open(version, bytes)).toThrow(UnknownKeyVersionError);
  });

  it('notices every altered, cut or swapped byte', () => {
    const { bytes } = old.seal(plain);
    for (const position of [0, 12, bytes.length - 1]) {
      const altered = Buffer.from(bytes);
      altered[position] = (altered[position] ?? 0) ^ 1;
      expect(() => old.open(1, altered)).toThrow(TamperedError);
    }
    expect(() => old.open(1, bytes.subarray(0, 20))).toThrow(TamperedError);
  });

  it('binds the version: the same key under another number does not open it', () => {
    const same = new KeyRing({ active: 1, keys: new Map([[1, first], [2, first]]), index });
    expect(() => same.open(2, same.seal(plain).bytes)).toThrow(TamperedError);
  });
});

describe('the blind index', () => {
  it('is the same for the same text and key, and another for any other', () => {
    expect(old.blindIndex('x')).toBe(rotated.blindIndex('x'));
    expect(old.blindIndex('x')).toMatch(/^[0-9a-f]{64}$/);
    expect(old.blindIndex('y')).not.toBe(old.blindIndex('x'));
    expect(new KeyRing({ active: 1, keys: new Map([[1, first]]), index: second }).blindIndex('x')).not.toBe(old.blindIndex('x'));
  });
});

describe('reading a key file', () => {
  it('takes what it generates', () => {
    expect(KeyRing.fromJson(KeyRing.generateJson()).activeVersion).toBe(1);
  });

  const key = first.toString('base64');
  it.each([
    ['no JSON', '{', /no JSON object/],
    ['no active version', { keys: { 1: key }, index: key }, /active is no whole number/],
    ['an active version without a key', { active: 2, keys: { 1: key }, index: key }, /active is 2; allowed: one of the versions under keys: 1/],
    ['a short key', { active: 1, keys: { 1: 'c2hvcnQ=' }, index: key }, /keys\.1 has 5 bytes; allowed: 32 bytes/],
    ['a version that is no number', { active: 1, keys: { 1: key, old: key }, index: key }, /keys\.old/],
    ['no index', { active: 1, keys: { 1: key } }, /index is missing/],
  ])('refuses %s, naming the file\'s setting and no key', (_case, content, message) => {
    const read = () => KeyRing.fromJson(typeof content === 'string' ? content : JSON.stringify(content));
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(message);
    expect(read).toThrow(/LEDGER_KEYS_FILE/);
    expect(read).not.toThrow(key);
  });

  it('says which file cannot be read', () => {
    expect(() => KeyRing.fromFile('/nowhere/keys.json')).toThrow('/nowhere/keys.json cannot be read (ENOENT)');
  });
});
