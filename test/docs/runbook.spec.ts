import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CONDITIONS } from '../../apps/gateway/src/watch/conditions.ts';

describe('the runbook', () => {
  test('has a section for every alert: what it means, what to look at, what to do', () => {
    const sections = readFileSync('docs/runbook.md', 'utf8').split(/^### /m).slice(1);
    const incomplete = Object.entries(CONDITIONS).filter(([name, { zh }]) => {
      const section = sections.find((text) => text.startsWith(`\`${name}\` ${zh}\n`));
      return section === undefined || !['含义', '看', '做'].every((word) => section.includes(word));
    }).map(([name]) => name);
    expect(incomplete).toEqual([]);
  });

  test('knows no alert that does not exist', () => {
    const named = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^### `([a-z-]+)`/gm)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in CONDITIONS))).toEqual([]);
  });
});
