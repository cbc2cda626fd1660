import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from './config-error.ts';
import { loadCatalogueFrom } from './load-catalogue.ts';

const packaged = fileURLToPath(new URL('../../contracts/data', import.meta.url));

describe('reading a catalogue of one\'s own', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
    cpSync(packaged, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const halls = () => JSON.parse(readFileSync(join(folder, 'halls.json'), 'utf8')) as Record<string, unknown>[];

  it('takes a hall that only the folder knows', async () => {
    writeFileSync(join(folder, 'halls.json'), JSON.stringify([...halls(), { ...halls()[0], code: '410212', name: '祥符区政务服务大厅', district: '祥符区', regionCode: '410212' }]));
    const catalogue = await loadCatalogueFrom(folder);
    expect(catalogue.hall('410212')?.district).toBe('祥符区');
  });

  it('names the field that breaks a rule', async () => {
    writeFileSync(join(folder, 'halls.json'), JSON.stringify([{ ...halls()[0], code: 'x' }]));
    await expect(loadCatalogueFrom(folder)).rejects.toThrow(/CATALOGUE_DIR halls\[0\]\.code/);
    await expect(loadCatalogueFrom(folder)).rejects.toBeInstanceOf(ConfigError);
  });

  it('names the file that is missing or no JSON', async () => {
    writeFileSync(join(folder, 'items.json'), '{');
    await expect(loadCatalogueFrom(folder)).rejects.toThrow(/items\.json, which is no JSON/);
    await expect(loadCatalogueFrom('/nowhere')).rejects.toThrow(/\/nowhere\/\w[\w-]*\.json \(ENOENT\)/);
  });
});
