import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digestEvent, writeEvent } from './digest-event.ts';

/** The definition, said in the plainest way: digests of earlier versions are in use. */
function plainText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plainText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${plainText((value as Record<string, unknown>)[name])}`).join(',')}}`;
}

const name = fc.string({ maxLength: 6 }).filter((text) => text !== '__proto__' && !/^\d+$/.test(text));
const object = fc.dictionary(name, fc.jsonValue({ depthSize: 'small' }).filter((value) => !JSON.stringify(value).includes('__proto__') && !/"\d+":/.test(JSON.stringify(value))), { maxKeys: 60, size: 'max' });
const TRACE = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;

describe('the canonical text of an event', () => {
  test('is JSON with sorted names, whatever their number, and its SHA-256 is the digest', () => {
    fc.assert(fc.property(object, ({ traceparent: _, ...event }) => {
      const { bytes, digest } = writeEvent(event);
      expect(bytes.toString()).toBe(plainText(event));
      expect(digest).toBe(createHash('sha256').update(plainText(event)).digest('hex'));
    }));
  });

  test('carries the trace, which the digest leaves out', () => {
    for (const event of [{}, { type: 'case.received', subject: 'A-1', data: { 名: '值' } }]) {
      const { bytes, digest } = writeEvent({ traceparent: TRACE, ...event });
      expect(JSON.parse(bytes.toString())).toEqual({ ...event, traceparent: TRACE });
      expect(digest).toBe(digestEvent(event));
    }
  });
});
