import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CatalogueError, parseCatalogue, type Catalogue } from '#contracts';
import { ConfigError } from './config-error.ts';

/**
 * Reads `items.json`, `halls.json` and `certificate-types.json` of a folder: what CATALOGUE_DIR names when a deployment has halls or
 * items of its own. Nothing is put in force here; the caller does that.
 *
 * @throws ConfigError naming the file or the fields that cannot be used
 */
export async function loadCatalogueFrom(dir: string): Promise<Catalogue> {
  const [items, halls, certificateTypes] = await Promise.all(['items.json', 'halls.json', 'certificate-types.json'].map((file) => readJson(join(dir, file))));
  try {
    return parseCatalogue({ items, halls, certificateTypes });
  } catch (error) {
    if (!(error instanceof CatalogueError)) throw error;
    throw new ConfigError(error.problems.map(({ field, zh, en }) => ({ field: `CATALOGUE_DIR ${field}`, given: `a value in ${dir} that breaks the rule`, allowed: `${en} (${zh})` })));
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError([{ field: 'CATALOGUE_DIR', given: code ? `${path} (${code})` : `${path}, which is no JSON`, allowed: 'a folder with items.json, halls.json and certificate-types.json' }]);
  }
}
