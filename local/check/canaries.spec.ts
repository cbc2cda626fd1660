import { describe, expect, it } from '@jest/globals';
import { parseLine } from './record-lines.ts';
import type { Line } from './record-lines.ts';
import { effectAt, judge, story } from './story.fixture.ts';
import type { Told } from './story.fixture.ts';

const CANARY = 'CANARY-410204-1';
const canary = (what: string): Line => parseLine(JSON.stringify({ k: 'canary', what, key: 'tr_1', projectNo: CANARY, kind: 'open', status: null, at: Date.now() }));

describe('a canary in the records', () => {
  it('changes nothing of what is found of the real cases', () => {
    const apart: Told[] = [['centre', canary('brought')], ['centre', canary('sent')], ['platform', canary('brought')], ['platform', canary('repeated')]];
    expect(judge([...apart, ...story(), ...apart])).toEqual(judge(story()));
  });

  it('that was taken for a real case is found', () => {
    const told = story();
    const place = told.findIndex(([side, line]) => side === 'centre' && line.k === 'effect');
    const [side, line] = told[place] as Told;
    const taken: Told = [side, { ...line, key: 'tr_canary', projectNo: CANARY } as Line];
    expect(effectAt(0)).toBe(place);
    expect(judge([...told, taken])).toMatchObject({ ok: false, unexplained: 1 });
  });
});
