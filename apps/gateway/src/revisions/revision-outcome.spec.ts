import { describe, expect, it } from '@jest/globals';
import { revisionOutcome } from './revision-outcome.ts';
import type { RevisionState } from './revision-outcome.ts';

const SENT: RevisionState = { attemptsBefore: 2, replaced: false, status: 'in_flight', attempts: 3, httpStatus: null, deliveries: [] };

describe('what became of a revision', () => {
  it.each<[string, Partial<RevisionState>, string, string | null]>([
    ['not sent yet', { status: 'failed', attempts: 2 }, 'waiting', null],
    ['on its way', {}, 'sending', null],
    ['waiting for its next attempt', { status: 'retry_wait' }, 'sending', null],
    ['arrived', { status: 'delivered', deliveries: [{ attempt: 3, told: false }] }, 'accepted', null],
    ['arrived at the second try', { status: 'delivered', attempts: 4, deliveries: [{ attempt: 4, told: false }] }, 'accepted', null],
    ['arrived, but the receiver had the id already', { status: 'delivered', deliveries: [{ attempt: 3, told: true }] }, 'superseded', 'already-there'],
    ['arrived, and said so twice', { status: 'delivered', attempts: 4, deliveries: [{ attempt: 3, told: false }, { attempt: 4, told: true }] }, 'accepted', null],
    ['overtaken by the original', { status: 'delivered', deliveries: [{ attempt: 2, told: false }] }, 'superseded', 'original-arrived'],
    ['arrived beside the original', { status: 'delivered', deliveries: [{ attempt: 1, told: false }, { attempt: 3, told: false }] }, 'superseded', 'original-arrived'],
    ['refused', { status: 'failed', httpStatus: 422 }, 'rejected', null],
    ['refused because the id was used for something else', { status: 'failed', httpStatus: 409 }, 'rejected', 'id-reused'],
    ['given up', { status: 'discarded' }, 'rejected', null],
    ['replaced by a later one', { replaced: true, status: 'delivered', attempts: 4, deliveries: [{ attempt: 4, told: false }] }, 'superseded', 'replaced'],
  ])('%s', (_what, change, outcome, cause) => {
    expect(revisionOutcome({ ...SENT, ...change })).toEqual({ outcome, cause });
  });
});
