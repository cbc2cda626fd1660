import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

interface WithPackages {
  readonly isNewEnough: (version: string) => boolean;
  readonly packagesHash: (packageJson: string, lockfile: string) => string;
  readonly nodeArgs: (program: string, args: readonly string[]) => string[];
  readonly isInstalled: (lockfile: string, installed: string) => boolean;
}
const script = '../scripts/with-packages.mjs';
const { isInstalled, isNewEnough, nodeArgs, packagesHash } = (await import(script)) as WithPackages;

const lock = (packages: object): string => JSON.stringify({ packages });

describe('the first script of a fresh clone', () => {
  it('gives a program the options that bear the name of one of Node\'s', () => {
    const args = nodeArgs('local/bridge.ts', ['--env-file', 'x']);
    expect(args.indexOf('--')).toBeLessThan(args.indexOf('--env-file'));
    const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { scripts: Record<string, string> };
    expect(scripts['bridge']).toMatch(/^node -- /);
  });

  it.each([['20.19.0', true], ['20.20.2', true], ['24.21.0', true], ['20.18.9', false], ['18.20.0', false], ['9.0.0', false]])(
    'finds Node %s new enough: %s', (version, expected) => {
      expect(isNewEnough(version)).toBe(expected);
    });

  it('installs again when a package or the lock changes, not when a script does', () => {
    const before = packagesHash('{"dependencies":{"a":"1"},"scripts":{"x":"y"}}', lock({ a: 1 }));
    expect(packagesHash('{"dependencies":{"a":"1"},"scripts":{"x":"z"},"version":"2"}', lock({ a: 1 }))).toBe(before);
    expect(packagesHash('{"dependencies":{"a":"2"}}', lock({ a: 1 }))).not.toBe(before);
    expect(packagesHash('{"devDependencies":{"a":"1"}}', lock({ a: 1 }))).not.toBe(before);
    expect(packagesHash('{"dependencies":{"a":"1"}}', lock({ a: 2 }))).not.toBe(before);
  });

  it('believes what npm says it installed only when nothing that is needed is missing or of another version', () => {
    const wanted = lock({ '': { version: '1' }, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } });
    expect(isInstalled(wanted, lock({ 'node_modules/a': { version: '1.0.0' } }))).toBe(true);
    expect(isInstalled(wanted, lock({ 'node_modules/a': { version: '1.0.1' } }))).toBe(false);
    expect(isInstalled(wanted, lock({}))).toBe(false);
    expect(isInstalled(wanted, lock({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.9.9' } }))).toBe(false);
  });
});
