import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findProgram } from './binaries.ts';
import { CHECKOUT, makeFolder } from './profile.ts';

/** Where the server finds its code faster; both folders hold links only. */
export interface RabbitShelf {
  /** The enabled plugins and what they need, instead of all that are installed. */
  readonly plugins: string;
  /** Every compiled module of these in one folder. */
  readonly modules: string;
}

const WANTED = ['rabbit', 'rabbitmq_management', 'rabbitmq_prelaunch'];

/** Next to the profiles: a shelf depends on what is installed only, so one made earlier serves all of them, also a profile without any data. */
const SHELVES = join(CHECKOUT, '.jiujin/rabbitmq-shelves');

/**
 * Erlang looks for each of RabbitMQ's thousand modules in one folder after the other, about a hundred of them: half of the server's start is spent on looking.
 * With the modules linked into one folder that comes first, and only the plugins that are on, it finds each at once. Making the thousand links takes
 * as long as a good part of that, so they are kept.
 * `null` when the installation looks other than expected: the server then starts as usual.
 */
export function shelveRabbit(server: string, shelves = SHELVES): RabbitShelf | null {
  const installed = join(dirname(dirname(realpathSync(server))), 'plugins');
  const erl = findProgram('erl', ['/usr/bin']);
  // The start script splits its arguments at spaces.
  if (erl === null || !existsSync(installed) || shelves.includes(' ')) return null;
  const otp = join(dirname(dirname(realpathSync(erl))), 'lib');
  const sign = [installed, ...readdirSync(installed), otp, ...readdirSync(otp)].join('\n');
  const home = join(shelves, createHash('sha256').update(sign).digest('hex').slice(0, 16));
  if (!existsSync(home)) makeShelf(home, installed, otp);
  return shelfIn(home);
}

function shelfIn(home: string): RabbitShelf {
  return { plugins: join(home, 'plugins'), modules: join(home, 'modules') };
}

/** It gets its name when it is whole: one that was killed while making it leaves nothing that looks finished, and of two at once either serves. */
function makeShelf(home: string, installed: string, otp: string): void {
  const unfinished = `${home}-${process.pid}-${Date.now()}`;
  fill(shelfIn(unfinished), applicationsNeeded(foldersByApplication(installed), foldersByApplication(otp)), installed);
  try {
    renameSync(unfinished, home);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
}

function fill(shelf: RabbitShelf, needed: readonly string[], installed: string): void {
  for (const path of [shelf.plugins, shelf.modules]) makeFolder(path, 0o755);
  for (const folder of needed) {
    if (dirname(folder) === installed) symlinkSync(folder, join(shelf.plugins, basename(folder)));
    for (const name of readdirSync(join(folder, 'ebin'))) {
      const link = join(shelf.modules, name);
      if (name.endsWith('.beam') && !existsSync(link)) symlinkSync(join(folder, 'ebin', name), link);
    }
  }
}

/** `rabbit` → `…/rabbit-3.10.8`, for every application in a folder of applications. */
function foldersByApplication(parent: string): Map<string, string> {
  const folders = readdirSync(parent).map((name) => join(parent, name)).filter((folder) => existsSync(join(folder, 'ebin')));
  return new Map(folders.map((folder) => [basename(folder).replace(/-[\d.]+.*$/, ''), folder]));
}

/** The folders of what is wanted and of everything that it names as its need, and so on. */
function applicationsNeeded(plugins: ReadonlyMap<string, string>, otp: ReadonlyMap<string, string>): string[] {
  const found = new Map<string, string>();
  const open = [...WANTED];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const folder = plugins.get(name) ?? otp.get(name);
    if (folder === undefined || found.has(name)) continue;
    found.set(name, folder);
    open.push(...needsOf(join(folder, 'ebin', `${name}.app`)));
  }
  return [...found.values()];
}

/** The names in `{applications, […]}` and its kin in an application's description. */
export function needsOf(appFile: string): string[] {
  if (!existsSync(appFile)) return [];
  const text = readFileSync(appFile, 'utf8');
  return [...text.matchAll(/\{\s*(?:included_|optional_)?applications\s*,\s*\[([^\]]*)\]/g)]
    .flatMap(([, list]) => (list ?? '').split(',').map((name) => name.trim().replaceAll("'", '')))
    .filter((name) => name !== '');
}
