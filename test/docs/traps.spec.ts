import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const rows = readFileSync('docs/traps.md', 'utf8').split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| Trap '));

/** The tests that a row names: a spec file and a title in it. */
function proofsOf(row: string): { readonly file: string; readonly title: string }[] {
  return [...row.matchAll(/`([\w./-]+\.spec\.ts)` “([^”]+)”/g)].map(([, file = '', title = '']) => ({ file, title }));
}

/** The title as the first argument of a test, in whatever quotes. */
function hasTest(file: string, title: string): boolean {
  if (!existsSync(file)) return false;
  const text = readFileSync(file, 'utf8');
  const written = [`'${title.replaceAll("'", "\\'")}',`, `"${title}",`, `\`${title}\`,`];
  return written.some((words) => text.includes(`(${words}`));
}

describe('the traps', () => {
  test('each name at least one test, and every test they name exists', () => {
    expect(rows.length).toBeGreaterThanOrEqual(25);
    expect(rows.filter((row) => proofsOf(row).length === 0)).toEqual([]);
    expect(rows.flatMap(proofsOf).filter(({ file, title }) => !hasTest(file, title))).toEqual([]);
  });

  test('have every proof read: none is written in a form that is passed over', () => {
    for (const row of rows) expect(proofsOf(row)).toHaveLength(row.split('.spec.ts`').length - 1);
  });
});
