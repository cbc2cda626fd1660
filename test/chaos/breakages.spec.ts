import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { CHECKOUT } from '../../local/servers/profile.ts';
import { breakageOf, BREAKAGE_NAMES } from './breakages.ts';
import { aimOf } from './faults.ts';
import { patched } from './break-build.ts';

/** As the compiler writes it, types checked or not: a statement behind an `if`, for one, gets a line of its own. */
function compiled(source: string): string {
  return ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext, experimentalDecorators: true } }).outputText;
}

describe('each guarantee that can be broken on purpose', () => {
  it.each(BREAKAGE_NAMES)('%s: still stands where it is said to, in one place, in the source and compiled', (name) => {
    for (const { file, find, put } of breakageOf(name).patches) {
      const source = readFileSync(join(CHECKOUT, file), 'utf8');
      expect({ file, places: [source, compiled(source)].map((text) => text.split(find).length - 1) }).toEqual({ file, places: [1, 1] });
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
