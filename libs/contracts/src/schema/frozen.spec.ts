import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { packagedCatalogue } from '../catalogue/catalogue.ts';
import { topologyFor } from '../topology.ts';
import { MESSAGE_NAMES, schemaOf } from './message-schema.ts';
import { topologyText } from './topology-text.ts';

const FOLDER = new URL('../../schemas/', import.meta.url);

/** What is published, as files people review. To accept a change: run this spec with UPDATE_SCHEMAS=1 and review the difference. */
const generated: Readonly<Record<string, string>> = {
  ...Object.fromEntries(MESSAGE_NAMES.map((name) => [`${name}.schema.json`, `${JSON.stringify(schemaOf(name), null, 2)}\n`])),
  'topology.txt': topologyText(topologyFor(packagedCatalogue().halls.map(({ code }) => code))),
};

describe('the published contract', () => {
  beforeAll(() => {
    if (process.env['UPDATE_SCHEMAS'] !== '1') return;
    for (const [name, text] of Object.entries(generated)) writeFileSync(new URL(name, FOLDER), text);
  });

  test.each(Object.keys(generated))('%s is what the code says (if meant: UPDATE_SCHEMAS=1, then review)', (name) => {
    const file = new URL(name, FOLDER);
    expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(generated[name]);
  });

  test('holds no file that nothing generates', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(generated).sort());
  });
});
