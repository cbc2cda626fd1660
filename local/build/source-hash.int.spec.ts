import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceHash } from './source-hash.ts';

describe('the hash that says whether a build is stale', () => {
  let root = '';
  const write = (path: string, content: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const hash = (): string => sourceHash(root, ['apps', 'tsconfig.json', 'missing']);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'source-hash-'));
    write('apps/a/main.ts', 'one');
    write('apps/a/data.json', '{}');
    write('tsconfig.json', '{}');
  });
  afterEach(() => { rmSync(root, { recursive: true }); });

  it('stays the same while the sources do', () => {
    const before = hash();
    write('apps/a/main.ts', 'one');
    expect(hash()).toBe(before);
  });

  it.each([
    ['a changed source', 'apps/a/main.ts', 'two'],
    ['a new source', 'apps/a/other.ts', ''],
    ['changed data', 'apps/a/data.json', '[]'],
    ['changed compiler settings', 'tsconfig.json', '{ }'],
  ])('changes with %s', (_, path, content) => {
    const before = hash();
    write(path, content);
    expect(hash()).not.toBe(before);
  });

  it('changes when a source moves', () => {
    const before = hash();
    rmSync(join(root, 'apps/a/main.ts'));
    write('apps/b/main.ts', 'one');
    expect(hash()).not.toBe(before);
  });

  it('does not change with tests, which are not built', () => {
    const before = hash();
    write('apps/a/main.spec.ts', 'x');
    write('apps/a/main.int.spec.ts', 'x');
    write('apps/a/notes.md', 'x');
    expect(hash()).toBe(before);
  });
});
