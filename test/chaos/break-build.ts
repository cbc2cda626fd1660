import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT, makeFolder, type Profile } from '../../local/servers/profile.ts';
import { breakageOf, type BreakageName } from './breakages.ts';

/**
 * Copies the compiled programs and takes a guarantee out of the copy; gives the copy's folder, from the checkout's root.
 * @throws when the guarantee is not where it is said to be.
 */
export function breakBuild(profile: Profile, name: BreakageName): string {
  const broken = join(profile.home, 'broken');
  rmSync(broken, { recursive: true, force: true });
  makeFolder(broken, 0o755);
  cpSync(join(CHECKOUT, 'dist'), join(broken, 'dist'), { recursive: true });
  // Node takes a program's own imports (#bus and its kin) from the nearest package.json: the copy must find the copy.
  const { type, imports } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(join(broken, 'package.json'), JSON.stringify({ type, imports }));
  for (const { file, find, put } of breakageOf(name).patches) {
    const path = join(broken, 'dist', file.replace(/\.ts$/, '.js'));
    writeFileSync(path, patched(readFileSync(path, 'utf8'), find, put, path));
  }
  return join('.jiujin', profile.name, 'broken/dist');
}

/** @throws naming the file when the text is not in exactly one place. */
export function patched(text: string, find: string, put: string, file: string): string {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${file}: "${find}" is there ${parts.length - 1} times, once is expected`);
  return parts.join(put);
}
