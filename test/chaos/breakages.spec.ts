import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CHECKOUT } from '../../local/servers/profile.ts';
import { breakageOf, BREAKAGE_NAMES } from './breakages.ts';
import { aimOf } from './faults.ts';
import { patched } from './break-build.ts';

describe('each guarantee that can be broken on purpose', () => {
  it.each(BREAKAGE_NAMES)('%s: still stands where it is said to, in one place', (name) => {
    for (const { file, find, put } of breakageOf(name).patches) {
      const source = readFileSync(join(CHECKOUT, file), 'utf8');
      expect({ file, places: source.split(find).length - 1 }).toEqual({ file, places: 1 });
      expect(patched(source, find, put, file)).not.toBe(source);
    }
  });

  it.each(BREAKAGE_NAMES)('%s: names faults that there are', (name) => {
    expect(breakageOf(name).faults.filter((fault) => aimOf(fault) === null)).toEqual([]);
  });
});

describe('breaking a program', () => {
  it('replaces the one place', () => {
    expect(patched('a b c', 'b', 'x', 'file')).toBe('a x c');
  });

  it.each(['a c', 'b b'])('refuses %j, in which the guarantee is not in exactly one place', (text) => {
    expect(() => patched(text, 'b', 'x', 'file.js')).toThrow('file.js');
  });
});
