import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CHECKOUT } from '../servers/profile.ts';
import { sourceHash } from './source-hash.ts';

const run = promisify(execFile);
const BUILD_MS = 300_000;
const SOURCES = ['apps/gateway', 'apps/district-adapter', 'apps/centre-adapter', 'libs', 'tsconfig.json', 'tsconfig.build.json', 'package.json'];

/**
 * Compiles the three programs when their sources changed since the last time; gives whether it had to. Rejects with the compiler's words.
 * Types are checked by `npm run typecheck` and `npm run build`: checking them here would make the first start ten times longer.
 */
export async function buildWhenStale(signal?: AbortSignal): Promise<boolean> {
  const dist = join(CHECKOUT, 'dist');
  const stamp = join(dist, '.jiujin-stamp');
  const hash = sourceHash(CHECKOUT, SOURCES);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return false;
  const tsc = join(CHECKOUT, 'node_modules/typescript/bin/tsc');
  try {
    await run(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noCheck'], { cwd: CHECKOUT, timeout: BUILD_MS, ...(signal ? { signal } : {}) });
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    throw new Error(`编译未通过：\n${stdout?.trim() || String(error)}`, { cause: error });
  }
  mkdirSync(dist, { recursive: true });
  writeFileSync(stamp, hash);
  return true;
}
