import { describe, expect, it } from '@jest/globals';
import { digestEvent, EVENT_TYPES, kindOfParty, OPENING, transferIdOf, TRANSITIONS, type EventType, type Party } from '#contracts';
import accepted from '../../contracts/examples/case.accepted.json' with { type: 'json' };
import acknowledged from '../../contracts/examples/case.delivery.acknowledged.json' with { type: 'json' };
import received from '../../contracts/examples/case.received.json' with { type: 'json' };
import handedOver from '../../contracts/examples/paper.handedOver.json' with { type: 'json' };
import granted from '../../contracts/examples/permission.granted.json' with { type: 'json' };
import { causesTransfer } from './causes-transfer.ts';
import { checkDoor } from './check-authority.ts';
import { judgeEvent, type Verdict } from './judge-event.ts';

const HALL: Party = 'hall:410204';
const TRACE = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;

const RECEIVED_AT = Date.parse(received.data.receivedAt);
const MINUTE_MS = 60_000;

function judge(value: unknown, sender: Party = HALL, { to = 'centre', now = RECEIVED_AT }: { to?: 'centre' | 'hall'; now?: number } = {}): Verdict {
  return judgeEvent(value, { sender, to, trace: TRACE, now });
}

function codeOf(value: unknown, sender: Party = HALL): string {
  const verdict = judge(value, sender);
  return 'refused' in verdict ? verdict.refused.code : 'passes';
}

describe('judging one event', () => {
  it('lets a sound one pass with its transfer id, digest and trace', () => {
    const verdict = judge(received);
    expect(verdict).toMatchObject({ passing: {
      transferId: transferIdOf(received.source, received.id, 'centre'), digest: digestEvent(received), traceparent: received.traceparent,
    } });
    const { traceparent: _, ...untraced } = received;
    expect(judge(untraced)).toMatchObject({ passing: { traceparent: TRACE } });
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

describe('a receipt from the future', () => {
  const { operator, ...receipt } = received.data;
  const corrected = {
    ...received, type: 'case.corrected', dataversion: 2,
    data: { operator, reason: '收件信息录入有误', corrects: 'case.received', receipt },
  };

  it.each([['data.receivedAt', received], ['data.receipt.receivedAt', corrected]])('is refused by the door\'s clock, naming %s', (field, event) => {
    const verdict = judge(event, HALL, { now: RECEIVED_AT - 5 * MINUTE_MS - 1 });
    expect(verdict).toMatchObject({ refused: { code: 'contract-broken', status: 422, details: { problems: [{
      field, rule: 'not-in-future', zh: expect.stringMatching(/[一-鿿]/), en: expect.stringMatching(/[a-z]/),
    }] } } });
  });

  it.each([received, corrected])('passes when clocks differ by five minutes or less, and at any time after', (event) => {
    expect(judge(event, HALL, { now: RECEIVED_AT - 5 * MINUTE_MS })).toHaveProperty('passing');
    expect(judge(event, HALL, { now: RECEIVED_AT + 400 * 86_400_000 })).toHaveProperty('passing');
  });
});

describe('the transfer an event is answered with', () => {
  it.each([
    ['a permission', granted, 'bureau', 'centre'], ['paper that moves', handedOver, HALL, 'centre'], ['an acknowledged delivery', acknowledged, 'centre', 'hall'],
  ] as const)('is none for %s', (_, event, sender, to) => {
    expect(judge({ ...event, source: sender === HALL ? '/halls/410204' : `/${sender}` }, sender, { to })).toMatchObject({ passing: { transferId: null } });
  });

  it('is the one towards the hall for what the centre says', () => {
    expect(judge(accepted, 'centre', { to: 'hall' })).toMatchObject({ passing: { transferId: transferIdOf('/centre', accepted.id, 'hall') } });
  });

  it('exists for no event that every row of the lifecycle lets pass without one, and for each that some row sends on', () => {
    for (const { event, senders, transfers } of [...TRANSITIONS, OPENING]) {
      for (const { to } of transfers) {
        for (const kind of senders) expect(causesTransfer(event, kind === 'hall' ? HALL : kind, to)).toBe(true);
      }
    }
    const silent = (Object.keys(EVENT_TYPES) as EventType[])
      .filter((type) => !EVENT_TYPES[type].senders.some((kind) => (['centre', 'hall'] as const).some((to) => causesTransfer(type, kind === 'hall' ? HALL : kind, to))));
    expect(silent).toEqual([
      'case.delivery.acknowledged', 'paper.received', 'paper.handedOver', 'paper.returnedToApplicant', 'paper.discrepancy', 'permission.granted', 'permission.revoked',
    ]);
    expect(causesTransfer('case.withdrawn', 'centre', 'centre')).toBe(false);
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
