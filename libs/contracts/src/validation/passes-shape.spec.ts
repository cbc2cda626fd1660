import { describe, expect, test } from '@jest/globals';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { EVENT_TYPES } from '../event-types.ts';
import type { EventType } from '../event-types.ts';
import { EVENT_DATA } from '../events/event-data.ts';
import { change, example } from './example.fixture.ts';
import { checkShape } from './check-shape.ts';
import { nestedClassOf } from './nested-class.ts';
import type { AnyClass } from './nested-class.ts';
import { passesShape } from './passes-shape.ts';

const types = Object.keys(EVENT_TYPES) as EventType[];
/** As it comes over the wire; a structured clone would be of another realm here. */
const fromJson = (type: EventType): ReturnType<typeof example> => JSON.parse(JSON.stringify(example(type))) as ReturnType<typeof example>;

/**
 * The value as class-validator wants it: an instance of its class, and so are the objects below it. A list where an object of a list should be
 * becomes a text: class-validator would take it, the contract does not.
 */
function instanceOf(type: AnyClass, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry: unknown) => (Array.isArray(entry) ? 'a list' : instanceOf(type, entry)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, below]) => {
    const nested = nestedClassOf(type, name);
    return [name, nested === undefined ? below : instanceOf(nested, below)] as const;
  });
  return Object.assign(new type(), Object.fromEntries(entries));
}

/** The fields that class-validator itself finds broken. */
function brokenFields(type: AnyClass, value: object): string[] {
  const errors = validateSync(instanceOf(type, value) as object, { whitelist: true, forbidNonWhitelisted: true });
  return [...new Set(errors.map(({ property }) => property))].sort();
}

/** Every path of a value, objects and lists included. */
function pathsOf(value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, nested]) => pathsOf(nested, `${at}.${name}`))];
}

const REPLACEMENTS = fc.oneof(
  fc.constant(undefined), fc.jsonValue({ maxDepth: 1 }), fc.integer(), fc.string({ maxLength: 70 }),
  fc.constantFrom('1', '111', '2026-11-23T09:30:00Z', '2026-02-30T09:30:00Z', 'PASS', 0, 1, true, false, '', ' ', '😀'.repeat(40), 'x'.repeat(51), [], {}, null),
);

/** The data of a published example in which one to three fields, anywhere, are replaced, taken away, or new. */
const spoiled = fc.constantFrom(...types).chain((type) => {
  const paths = pathsOf(example(type).data, 'data').slice(1).flatMap((path) => [path, path, `${path.slice(0, path.lastIndexOf('.'))}.surprise`]);
  return fc.array(fc.tuple(fc.constantFrom(...paths), REPLACEMENTS), { minLength: 1, maxLength: 3 }).map((changes) => {
    const event = changes.reduce((spoilt, [path, value]) => changeWhereThere(spoilt, path, value), example(type));
    return { type, data: event.data };
  });
});

/** An earlier change may have taken away what a later one is about. */
function changeWhereThere(event: ReturnType<typeof example>, path: string, value: unknown): ReturnType<typeof example> {
  try {
    return change(event, path, value);
  } catch {
    return event;
  }
}

describe('the short cuts of the validation', () => {
  test.each(types)('know the example of %s as sound by themselves', (type) => {
    expect(passesShape(EVENT_DATA[type], fromJson(type).data)).toBe(true);
  });

  test('agree with class-validator on every event, sound or broken', () => {
    let sound = 0;
    fc.assert(fc.property(spoiled, ({ type, data }) => {
      const broken = brokenFields(EVENT_DATA[type], data);
      const found = checkShape(EVENT_DATA[type], data, '').map(({ field }) => /^[^.[]+/.exec(field)?.[0]);
      expect([...new Set(found)].sort()).toEqual(broken);
      if (passesShape(EVENT_DATA[type], data)) {
        expect(broken).toEqual([]);
        sound += 1;
      }
    }), { numRuns: 4000 });
    expect(sound).toBeGreaterThan(100);
  }, 60_000);

  test('vouch for nothing but plain objects that have the fields themselves', () => {
    const { data } = fromJson('case.withdrawn');
    expect(passesShape(EVENT_DATA['case.withdrawn'], Object.create(data))).toBe(false);
    expect(passesShape(EVENT_DATA['case.withdrawn'], [data])).toBe(false);
    expect(passesShape(EVENT_DATA['case.withdrawn'], { ...data, __proto__: { surprise: 1 } })).toBe(false);
  });
});
