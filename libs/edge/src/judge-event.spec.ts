import { describe, expect, it } from '@jest/globals';
import { EVENT_TYPES, kindOfParty, transferIdOf, type EventType, type Party } from '#contracts';
import received from '../../contracts/examples/case.received.json' with { type: 'json' };
import { checkDoor } from './check-authority.ts';
import { digestEvent } from './digest-event.ts';
import { judgeEvent } from './judge-event.ts';

const HALL: Party = 'hall:410204';
const TRACE = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;

function codeOf(value: unknown, sender: Party = HALL): string {
  const verdict = judgeEvent(value, sender, 'centre', TRACE);
  return 'refused' in verdict ? verdict.refused.code : 'passes';
}

describe('judging one event', () => {
  it('lets a sound one pass with its transfer id, digest and trace', () => {
    const verdict = judgeEvent(received, HALL, 'centre', TRACE);
    expect(verdict).toMatchObject({ passing: {
      transferId: transferIdOf(received.source, received.id, 'centre'), digest: digestEvent(received), traceparent: received.traceparent,
    } });
    const { traceparent: _, ...untraced } = received;
    expect(judgeEvent(untraced, HALL, 'centre', TRACE)).toMatchObject({ passing: { traceparent: TRACE } });
  });

  it.each([
    ['no object', 42], ['an array', []], ['null', null], ['no id', { ...received, id: undefined }], ['another specversion', { ...received, specversion: '0.3' }],
  ])('%s is not a CloudEvent', (_, value) => {
    expect(codeOf(value)).toBe('not-a-cloudevent');
  });

  it('tells authority before contract', () => {
    expect(codeOf({ ...received, source: '/halls/410203', time: 'never' })).toBe('not-your-event');
    expect(codeOf({ ...received, time: 'never' })).toBe('contract-broken');
    expect(codeOf({ ...received, type: 'case.unheard' })).toBe('contract-broken');
    expect(codeOf({ ...received, type: 'toString' })).toBe('contract-broken');
  });

  const pairs = (Object.keys(EVENT_TYPES) as EventType[]).flatMap((type) => ([HALL, 'centre', 'bureau'] as const).map((sender) => [type, sender] as const));
  it.each(pairs)('%s is %s\'s to send only if the table says so', (type, sender) => {
    const source = sender === HALL ? '/halls/410204' : `/${sender}`;
    const senders: readonly string[] = EVENT_TYPES[type].senders;
    const expected = senders.includes(kindOfParty(sender)) ? 'contract-broken' : 'not-your-event';
    expect(codeOf({ ...received, type, source, data: {} }, sender)).toBe(expected);
  });
});

describe('a door', () => {
  it.each([
    ['hall:410204', 'hall:410203', 'wrong-hall'], ['bureau', 'hall:410203', 'not-your-event'],
    ['hall:410204', 'bureau', 'not-your-event'], ['hall:410204', 'centre', 'not-your-event'],
  ] as const)('does not open to %s when it is %s\'s', (sender, door, code) => {
    expect(() => checkDoor(sender, door)).toThrow(expect.objectContaining({ code }));
    expect(() => checkDoor(door, door)).not.toThrow();
  });
});

describe('the digest of an event', () => {
  it('depends on what is said, not on the order of fields or the trace', () => {
    expect(digestEvent({ a: 1, b: { d: [1, 2], c: '中' } })).toBe(digestEvent({ b: { c: '中', d: [1, 2] }, a: 1 }));
    expect(digestEvent({ a: 1, traceparent: TRACE })).toBe(digestEvent({ a: 1 }));
    expect(digestEvent({ a: [1, 2] })).not.toBe(digestEvent({ a: [2, 1] }));
    expect(digestEvent({ a: '1' })).not.toBe(digestEvent({ a: 1 }));
    // printf '{"a":1,"b":{"c":"中","d":[1,2]}}' | sha256sum
    expect(digestEvent({ b: { d: [1, 2], c: '中' }, a: 1 })).toBe('8a39fde31c515eaeca72e0901db5102d8670dee0148495de7350e0a1bdf7cb24');
  });
});
