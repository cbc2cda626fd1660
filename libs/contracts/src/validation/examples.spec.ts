import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../event-types.ts';
import type { EventType, Party } from '../event-types.ts';
import { validateEvent } from './validate-event.ts';

const FOLDER = new URL('../../examples/', import.meta.url);
const types = Object.keys(EVENT_TYPES) as EventType[];

/** The party that the example's source stands for. */
function partyOf(source: string): Party {
  return source.startsWith('/halls/') ? `hall:${source.slice('/halls/'.length)}` : (source.slice(1) as Party);
}

describe('the published examples', () => {
  test('there is one for every event type, and no other', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(types.map((type) => `${type}.json`).sort());
  });

  test.each(types)('the example of %s is valid', (type) => {
    const example = JSON.parse(readFileSync(new URL(`${type}.json`, FOLDER), 'utf8')) as { type: string; source: string };
    expect(example.type).toBe(type);
    expect(validateEvent(example, { party: partyOf(example.source) })).toEqual({ ok: true, event: example });
  });
});
