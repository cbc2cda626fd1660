import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findProgram } from './binaries.ts';
import { makeFolder } from './profile.ts';

/** Where the server finds its code faster; both folders hold links only. */
export interface RabbitShelf {
  /** The enabled plugins and what they need, instead of all that are installed. */
  readonly plugins: string;
  /** Every compiled module of these in one folder. */
  readonly modules: string;
}

const WANTED = ['rabbit', 'rabbitmq_management', 'rabbitmq_prelaunch'];

/**
 * Erlang looks for each of RabbitMQ's thousand modules in one folder after the other, about a hundred of them: half of the server's start is spent on looking.
 * With the modules linked into one folder that comes first, and only the plugins that are on, it finds each at once.
 * `null` when the installation looks other than expected: the server then starts as usual.
 */
export function shelveRabbit(folder: string, server: string): RabbitShelf | null {
  const installed = join(dirname(dirname(realpathSync(server))), 'plugins');
  const erl = findProgram('erl', ['/usr/bin']);
  // The start script splits its arguments at spaces.
  if (erl === null || !existsSync(installed) || folder.includes(' ')) return null;
  const otp = join(dirname(dirname(realpathSync(erl))), 'lib');
  const shelf = { plugins: join(folder, 'shelf/plugins'), modules: join(folder, 'shelf/modules') };
  const sign = [installed, otp, ...readdirSync(installed)].join('\n');
  const signFile = join(folder, 'shelf/made-from');
  if (existsSync(signFile) && readFileSync(signFile, 'utf8') === sign) return shelf;
  rmSync(join(folder, 'shelf'), { recursive: true, force: true });
  fill(shelf, applicationsNeeded(foldersByApplication(installed), foldersByApplication(otp)), installed);
  writeFileSync(signFile, sign);
  return shelf;
}

function fill(shelf: RabbitShelf, needed: readonly string[], installed: string): void {
  for (const path of [dirname(shelf.plugins), shelf.plugins, shelf.modules]) makeFolder(path, 0o755);
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
