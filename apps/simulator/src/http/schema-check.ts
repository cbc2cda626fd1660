import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Reads a published JSON Schema and gives a check that names every broken field. @throws when the schema is missing or unreadable. */
export function schemaCheck(folder: string, name: string): (body: unknown) => readonly string[] {
  const schema: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  addFormats.default(ajv);
  const holds = ajv.compile(schema as object);
  return (body) => (holds(body) ? [] : (holds.errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message ?? error.keyword}`));
}
