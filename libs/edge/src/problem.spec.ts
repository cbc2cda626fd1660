import { describe, expect, it } from '@jest/globals';
import { NotFoundException, PayloadTooLargeException } from '@nestjs/common';
import { DOOR_CODES, DoorError, type DoorCode } from './door-error.ts';
import { problemOf, retryAfterSeconds, toDoorError } from './problem.ts';

/** The statuses that docs/error-model.md promises, written out again so that a slip in the table is seen. */
const STATUSES: Record<DoorCode, number> = {
  'not-json': 400, 'not-a-cloudevent': 400, 'empty-batch': 400, 'bad-request': 400,
  'signature-missing': 401, 'signature-invalid': 401, 'unknown-key': 401, 'key-expired': 401, 'timestamp-stale': 401, 'nonce-replayed': 401,
  'wrong-hall': 403, 'not-your-event': 403, 'not-found': 404, 'id-reused': 409, 'too-large': 413, 'unsupported-media-type': 415,
  'contract-broken': 422, 'too-many-requests': 429, internal: 500, 'too-busy': 503, 'journal-full': 503, 'store-unavailable': 503,
};

describe('problem details', () => {
  it.each(Object.entries(STATUSES) as [DoorCode, number][])('%s is a %i in Chinese and English', (code, status) => {
    const problem = problemOf(new DoorError(code), 'ab'.repeat(16));
    expect(problem).toMatchObject({ type: `urn:jiujin:problem:${code}`, status, code, errors: [], traceId: 'ab'.repeat(16) });
    expect(problem.title).toMatch(/^[A-Z][\x20-\x7e]+$/);
    expect(problem.titleZh).toMatch(/[一-鿿]/);
  });

  it('knows no code that is not promised', () => {
    expect(Object.keys(DOOR_CODES).sort()).toEqual(Object.keys(STATUSES).sort());
  });

  it('carries the particulars and every broken field', () => {
    const problems = [{ field: 'data.receivedAt', rule: 'instant', zh: '应为时间', en: 'must be a time' }];
    const problem = problemOf(new DoorError('contract-broken', { en: '1 field', zh: '1 处', problems }), null);
    expect(problem).toMatchObject({ detail: '1 field', detailZh: '1 处', errors: problems, traceId: null });
  });

  it.each([[1, '1'], [1_000, '1'], [1_001, '2'], [0, '1']])('rounds a wait of %i ms up to %s s', (retryAfterMs, seconds) => {
    expect(retryAfterSeconds(new DoorError('too-many-requests', { retryAfterMs }))).toBe(seconds);
  });

  it.each([
    [{ code: 'FST_ERR_CTP_BODY_TOO_LARGE' }, 'too-large'],
    [{ code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' }, 'unsupported-media-type'],
    [{ code: 'FST_ERR_CTP_EMPTY_TYPE' }, 'unsupported-media-type'],
    [{ code: 'FST_ERR_CTP_INVALID_CONTENT_LENGTH', statusCode: 400 }, 'bad-request'],
    [{ statusCode: 431 }, 'bad-request'],
    [new NotFoundException(), 'not-found'],
    [new PayloadTooLargeException(), 'too-large'],
    [new TypeError('a slip of ours'), 'internal'],
    [undefined, 'internal'],
  ])('%j becomes %s', (error, code) => {
    expect(toDoorError(error).code).toBe(code);
  });
});
