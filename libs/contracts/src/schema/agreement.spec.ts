import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { EVENT_TYPES } from '../event-types.ts';
import type { EventType } from '../event-types.ts';
import { change, example, problemsOf } from '../validation/example.fixture.ts';
import { schemaOf } from './message-schema.ts';

const types = Object.keys(EVENT_TYPES) as EventType[];
const ajv = new Ajv2020();
formats.default(ajv);
const validators = new Map(types.map((type) => [type, ajv.compile(schemaOf(type))]));

/** Every path of a value, objects and lists included. */
function pathsOf(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  const below = Object.entries(value).flatMap(([name, nested]) => pathsOf(nested, at === '' ? name : `${at}.${name}`));
  return at === '' ? below : [at, ...below];
}

/** Rules that a schema cannot say: over several fields, check characters, the catalogue. */
const BEYOND_SCHEMA = new Set([
  'known-certificate-type', 'certificate-number', 'known-item', 'known-region', 'known-hall', 'required-by-item', 'required-for-organisation', 'required-with-authority',
  'applicant-type-for-item', 'certificate-bearer', 'relation-for-item', 'another-person', 'required-material', 'one-of-materials', 'required-when-refused', 'result-follows-decision',
  'something-taken', 'own-event', 'required-by-corrects', 'only-what-corrects-names', 'time-order', 'organisation-code-check', 'canary-number', 'canary-operator',
]);

/** The published example of a type with one field, anywhere, replaced by something else, or taken away. */
const spoiled = fc.constantFrom(...types).chain((type) =>
  fc.tuple(fc.constantFrom(...pathsOf(example(type)).filter((path) => path !== 'type' && path !== 'specversion' && path !== 'id' && path !== 'source')), fc.oneof(
    fc.constant(undefined), fc.jsonValue({ maxDepth: 1 }), fc.integer(), fc.string({ maxLength: 70 }), fc.constantFrom('1', '2', '111', '2026-11-23T09:30:00Z', '2026-02-30T09:30:00Z', 'PASS', 0, 1, true, false),
  )).map(([path, value]) => ({ type, path, value, event: change(example(type), path, value) })));

describe('the published schemas and the door', () => {
  test('agree on every event: what a schema refuses the door refuses, and what the door refuses beyond it takes more than a schema can say', () => {
    fc.assert(fc.property(spoiled, ({ type, path, value, event }) => {
      const bySchema = validators.get(type)?.(event) === true;
      const byFields = problemsOf(event).every(({ rule }) => BEYOND_SCHEMA.has(rule));
      expect({ type, path, value, accepted: byFields }).toEqual({ type, path, value, accepted: bySchema });
    }), { numRuns: 1000 });
  });
});
