import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../event-types.ts';
import type { EventType } from '../event-types.ts';
import { example, partyOf } from './example.fixture.ts';
import { validateEvent } from './validate-event.ts';

const types = Object.keys(EVENT_TYPES) as EventType[];

describe('the published examples', () => {
  test('there is one for every event type, and no other', () => {
    expect(readdirSync(new URL('../../examples/', import.meta.url)).sort()).toEqual(types.map((type) => `${type}.json`).sort());
  });

  test.each(types)('the example of %s is valid', (type) => {
    const event = example(type);
    expect(event.type).toBe(type);
    expect(validateEvent(event, { party: partyOf(event) })).toEqual({ ok: true, event });
  });
});
