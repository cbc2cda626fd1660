import { describe, expect, it } from '@jest/globals';
import { sourceOf, type Circumstances, type Source } from './source-of-server.ts';

const bare: Circumstances = { configured: false, hasBinaries: false, isRoot: false, hasApt: false, hasDocker: false };
const all: Circumstances = { configured: true, hasBinaries: true, isRoot: true, hasApt: true, hasDocker: true };

describe('where a server comes from', () => {
  it.each<[string, Circumstances, Source]>([
    ['the one that was named, whatever else there is', all, 'configured'],
    ['the program on the machine', { ...all, configured: false }, 'private'],
    ['apt, as root on Debian', { ...all, configured: false, hasBinaries: false }, 'apt'],
    ['Docker, when the user may not install', { ...bare, hasApt: true, hasDocker: true }, 'docker'],
    ['Docker, where there is no apt', { ...bare, isRoot: true, hasDocker: true }, 'docker'],
    ['nowhere, when only root could install', { ...bare, hasApt: true }, 'nowhere'],
  ])('is %s', (_, known, expected) => {
    expect(sourceOf(known)).toBe(expected);
  });
});
