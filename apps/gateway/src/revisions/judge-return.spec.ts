import { describe, expect, it } from '@jest/globals';
import { CASE_STATUSES } from '#contracts';
import type { CaseStatus } from '#contracts';
import { hallMayCorrect, judgeReturn } from './judge-return.ts';

type Judged = Parameters<typeof judgeReturn>[0];
const REFUSED: Judged = { destination: 'centre', kind: 'open', project_no: 'P-1', error_word: 'permanent', error_code: 'http-422', returned_at: null };

describe('whether a failed transfer may be returned to its hall', () => {
  it.each<[string, Partial<Judged>, CaseStatus, string | null]>([
    ['a receipt the centre refused for its data', {}, 'RECEIVED', null],
    ['one that could not be translated', { error_word: 'invalid', error_code: 'not-translatable' }, 'RECEIVED', null],
    ['a supplement', { kind: 'supplement' }, 'PENDING_ACCEPTANCE', null],
    ['an update to a hall', { destination: 'hall:410204', kind: 'step' }, 'IN_REVIEW', 'not-a-work-item'],
    ['a withdrawal', { kind: 'withdraw' }, 'WITHDRAWN', 'not-a-work-item'],
    ['one that the centre was not there for', { error_word: 'retryable', error_code: 'http-503' }, 'RECEIVED', 'not-a-data-error'],
    ['one whose id the centre had seen with another content', { error_code: 'http-409' }, 'RECEIVED', 'not-a-data-error'],
    ['one with our own keys wrong', { error_code: 'http-401' }, 'RECEIVED', 'not-a-data-error'],
    ['one that was returned before', { returned_at: new Date() }, 'RECEIVED', 'already-returned'],
    ['one whose case has been accepted', {}, 'ACCEPTED', 'hall-cannot-correct'],
  ])('%s', (_what, change, status, refusal) => {
    expect(judgeReturn({ ...REFUSED, ...change }, status, false)).toBe(refusal);
  });

  it('not while an edit of it waits for a second person', () => {
    expect(judgeReturn(REFUSED, 'RECEIVED', true)).toBe('edit-pending');
  });

  it('a hall may correct until the centre accepts, as docs/edit.md says', () => {
    expect((Object.keys(CASE_STATUSES) as CaseStatus[]).filter(hallMayCorrect)).toEqual(['RECEIVED', 'PENDING_ACCEPTANCE', 'SUPPLEMENT_REQUIRED']);
  });
});
