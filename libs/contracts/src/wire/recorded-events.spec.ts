import { describe, expect, it } from '@jest/globals';
import { recordedEventsProblems } from './recorded-events.ts';

describe('the acknowledgement of recorded events', () => {
  it('is good with up to 1000 message ids, and with none', () => {
    const messageIds = Array.from({ length: 1_000 }, (_, index) => `/halls/410204#evt-${index}`);
    expect(recordedEventsProblems({ messageIds })).toEqual([]);
    expect(recordedEventsProblems({ messageIds: [] })).toEqual([]);
  });

  it('is good with fields of a newer gateway', () => {
    expect(recordedEventsProblems({ messageIds: ['/centre#evt-1'], colour: 'red' })).toEqual([]);
  });

  it.each([
    ['nothing', null], ['no list', {}], ['a text', { messageIds: 'evt-1' }], ['numbers', { messageIds: [7] }],
    ['more than 1000 ids', { messageIds: Array.from({ length: 1_001 }, (_, index) => String(index)) }],
  ])('is not %s', (_, body) => {
    expect(recordedEventsProblems(body)).not.toEqual([]);
  });
});
