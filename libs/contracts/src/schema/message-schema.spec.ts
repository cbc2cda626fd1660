import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { EVENT_TYPES } from '../event-types.ts';
import type { EventType } from '../event-types.ts';
import { example } from '../validation/example.fixture.ts';
import type { AnyEvent } from '../validation/example.fixture.ts';
import { MESSAGE_NAMES, schemaOf } from './message-schema.ts';
import type { MessageName } from './message-schema.ts';

const ajv = new Ajv2020({ strict: true, allErrors: true });
formats.default(ajv);
const validators = new Map<MessageName, ValidateFunction>(MESSAGE_NAMES.map((name) => [name, ajv.compile(schemaOf(name))]));

const accepts = (name: MessageName, value: unknown): boolean => validators.get(name)?.(value) === true;

/** What goes wrong in practice, wherever the sender is. */
const BREAKAGES: Record<string, (event: AnyEvent) => unknown> = {
  'is of another type': (event) => ({ ...event, type: 'case.unheard.of' }),
  'has no time': ({ time: _, ...event }) => event,
  'has a time without an offset': (event) => ({ ...event, time: '2026-11-23T09:30:00' }),
  'has a day that does not exist': (event) => ({ ...event, time: '2026-02-30T09:30:00Z' }),
  'has an attribute the contract lacks': (event) => ({ ...event, extra: 1 }),
  'has a field in its data the contract lacks': (event) => ({ ...event, data: { ...event.data, extra: 1 } }),
  'has no operator': ({ data: { operator: _, ...data }, ...event }) => ({ ...event, data }),
  'has null for its operator': (event) => ({ ...event, data: { ...event.data, operator: null } }),
  'has an operator whose name is too long': (event) => ({ ...event, data: { ...event.data, operator: { id: 'a', name: '测'.repeat(31) } } }),
  'has no data': ({ data: _, ...event }) => event,
};

describe('the JSON Schemas', () => {
  test.each(Object.keys(EVENT_TYPES) as EventType[])('accept the example of %s, and none but its own does', (type) => {
    expect(MESSAGE_NAMES.filter((name) => accepts(name, example(type)))).toEqual([type]);
  });

  test.each(Object.keys(BREAKAGES))('refuse an event of any type that %s', (breakage) => {
    const accepted = (Object.keys(EVENT_TYPES) as EventType[]).filter((type) => accepts(type, BREAKAGES[breakage]?.(example(type))));
    expect(accepted).toEqual([]);
  });

  test('refuse a case event without its case, and take a permission event without one', () => {
    const { subject: _, ...orphan } = example('case.accepted');
    expect(accepts('case.accepted', orphan)).toBe(false);
    expect(example('permission.granted')).not.toHaveProperty('subject');
  });

  test('refuse too many materials, and a material with a broken digest', () => {
    const event = example('case.received');
    const [material] = event.data['materials'] as Record<string, unknown>[];
    const withMaterials = (materials: unknown[]): unknown => ({ ...event, data: { ...event.data, materials } });
    expect(accepts('case.received', withMaterials(Array<unknown>(60).fill(material)))).toBe(true);
    expect(accepts('case.received', withMaterials(Array<unknown>(61).fill(material)))).toBe(false);
    const attachment = { fileId: 'f', name: 'f.pdf', mime: 'application/pdf', size: 1, sm3: 'A'.repeat(64) };
    expect(accepts('case.received', withMaterials([{ ...material, attachments: [attachment] }]))).toBe(false);
  });
});
