import { describe, expect, it } from '@jest/globals';
import { extendKeys } from './secrets.ts';

describe('the keys of a local run', () => {
  it('give every hall, the bureau, the centre and both ways out of the bridge a key of their own', () => {
    const keys = extendKeys({}, ['410202', '410203']);
    const all = [...Object.values(keys.halls), keys.bureau, keys.centre, keys.bridgeToHalls, keys.bridgeToCentre];
    expect(new Set(all.map((key) => key.secret)).size).toBe(6);
    expect(new Set(all.map((key) => key.algorithm))).toEqual(new Set(['HMAC-SHA256', 'HMAC-SM3']));
  });

  it('stay what they were when a hall joins', () => {
    const before = extendKeys({}, ['410202']);
    const after = extendKeys(before, ['410202', '410212']);
    expect(after).toMatchObject(before);
    expect(Object.keys(after.halls)).toEqual(['410202', '410212']);
  });
});
