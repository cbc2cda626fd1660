import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../test/support/index.ts';
import { openBench } from './ops-bench.fixture.ts';
import type { OpsBench } from './ops-bench.fixture.ts';
import { opsDocument } from './ops-docs.ts';

const FROZEN = new URL('./openapi.json', import.meta.url);
const database = withDatabase();
let bench: OpsBench;

beforeAll(async () => {
  bench = await openBench(database.url);
});
afterAll(() => bench.close());

describe('the OpenAPI document', () => {
  it('is the reviewed one; UPDATE_FROZEN=1 writes it anew', async () => {
    const text = `${JSON.stringify(opsDocument(bench.server.app), null, 2)}\n`;
    if (process.env['UPDATE_FROZEN'] === '1') await writeFile(FROZEN, text);
    expect(JSON.parse(text)).toEqual(JSON.parse(await readFile(FROZEN, 'utf8')));
  });

  it('is what the server gives away', async () => {
    const { body } = await bench.server.ask('/api/docs-json', {});
    expect(body).toEqual(JSON.parse(await readFile(FROZEN, 'utf8')));
  });

  it('gives every field of every answer a type and a description', () => {
    const { schemas = {} } = opsDocument(bench.server.app).components ?? {};
    const bare = Object.entries(schemas).flatMap(([name, schema]) =>
      Object.entries('properties' in schema ? schema.properties ?? {} : {})
        .filter(([, field]) => !('$ref' in field || 'type' in field || 'allOf' in field || 'anyOf' in field || 'oneOf' in field || 'enum' in field))
        .map(([field]) => `${name}.${field}`));
    expect(bare).toEqual([]);
  });

  it('is shown by a page whose every script and style comes from this server', async () => {
    const { text } = await bench.server.ask('/api/docs', {});
    const addresses = [...text.matchAll(/(?:src|href)=["']([^"']+)["']/g)].map(([, address = '']) => address);
    expect(addresses.length).toBeGreaterThanOrEqual(4);
    for (const address of addresses) {
      expect(address).toMatch(/^\.\//);
      const asset = await fetch(new URL(address, `${bench.server.url}/api/docs`));
      expect({ address, status: asset.status }).toEqual({ address, status: 200 });
      await asset.arrayBuffer();
    }
  });
});
