import { describe, expect, it } from '@jest/globals';
import { classifyAttempt, parseRetryAfter, signalOf } from './classify-attempt.ts';

const NOW = Date.parse('2026-11-22T02:00:00Z');

describe('what an answered attempt was', () => {
  it.each([
    [200, 'delivered'], [202, 'delivered'], [204, 'delivered'], [299, 'delivered'],
    [301, 'permanent'], [307, 'permanent'],
    [400, 'permanent'], [401, 'permanent'], [403, 'permanent'], [404, 'permanent'], [409, 'permanent'], [410, 'permanent'], [422, 'permanent'],
    [408, 'retryable'], [425, 'retryable'], [429, 'retryable'],
    [500, 'retryable'], [501, 'retryable'], [502, 'retryable'], [503, 'retryable'], [504, 'retryable'], [599, 'retryable'],
  ] as const)('%i is %s', (status, outcome) => {
    const verdict = classifyAttempt({ kind: 'answered', status, retryAfter: null }, NOW);
    expect(verdict.outcome).toBe(outcome);
    expect(verdict.errorCode).toBe(outcome === 'delivered' ? null : `http-${status}`);
  });

  it('honours Retry-After for what may be tried again, and for nothing else', () => {
    expect(classifyAttempt({ kind: 'answered', status: 503, retryAfter: '7' }, NOW).retryAfterMs).toBe(7_000);
    expect(classifyAttempt({ kind: 'answered', status: 429, retryAfter: 'Sun, 22 Nov 2026 02:01:00 GMT' }, NOW).retryAfterMs).toBe(60_000);
    expect(classifyAttempt({ kind: 'answered', status: 422, retryAfter: '7' }, NOW).retryAfterMs).toBeNull();
  });
});

describe('what a broken attempt was', () => {
  it.each([
    ['ECONNREFUSED', false, 'retryable', 'connection-refused'],
    ['EHOSTUNREACH', false, 'retryable', 'host-unreachable'],
    ['ENETUNREACH', false, 'retryable', 'host-unreachable'],
    ['EHOSTDOWN', false, 'retryable', 'host-unreachable'],
    ['ENOTFOUND', false, 'retryable', 'dns'],
    ['EAI_AGAIN', false, 'retryable', 'dns'],
    ['UND_ERR_CONNECT_TIMEOUT', false, 'retryable', 'timeout-before-send'],
    ['ETIMEDOUT', true, 'retryable', 'timeout-after-send'],
    ['UND_ERR_HEADERS_TIMEOUT', true, 'retryable', 'timeout-after-send'],
    ['UND_ERR_BODY_TIMEOUT', true, 'retryable', 'timeout-after-send'],
    ['attempt-timeout', false, 'retryable', 'timeout-before-send'],
    ['attempt-timeout', true, 'retryable', 'timeout-after-send'],
    ['ECONNRESET', false, 'retryable', 'reset-before-send'],
    ['ECONNRESET', true, 'retryable', 'reset-after-send'],
    ['EPIPE', true, 'retryable', 'reset-after-send'],
    ['UND_ERR_SOCKET', true, 'retryable', 'reset-after-send'],
    ['UND_ERR_DESTROYED', false, 'retryable', 'shutting-down'],
    ['UND_ERR_CLOSED', false, 'retryable', 'shutting-down'],
    ['HPE_INVALID_CONSTANT', true, 'retryable', 'not-http'],
    ['HTTPParserError', true, 'retryable', 'not-http'],
    ['CERT_HAS_EXPIRED', false, 'retryable', 'tls-expired'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', false, 'retryable', 'tls-untrusted'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', false, 'retryable', 'tls-untrusted'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false, 'retryable', 'tls-wrong-host'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', false, 'retryable', 'tls-failed'],
    ['EPROTO', false, 'retryable', 'tls-failed'],
    ['ERR_INVALID_ARG_TYPE', false, 'technical', 'unknown'],
    ['toString', false, 'technical', 'unknown'],
  ] as const)('%s (sent: %s) is %s %s', (code, sent, outcome, errorCode) => {
    expect(classifyAttempt({ kind: 'broken', code, sent }, NOW)).toMatchObject({ outcome, errorCode, retryAfterMs: null });
  });
});

describe('what an attempt says of its endpoint', () => {
  it.each([[200, 'alive'], [302, 'alive'], [404, 'alive'], [408, 'alive'], [410, 'alive'], [429, 'throttled'], [500, 'refused'], [503, 'refused']] as const)(
    'answered %i: %s', (status, signal) => {
      expect(signalOf({ kind: 'answered', status, retryAfter: null })).toBe(signal);
    });

  it.each([
    ['ECONNREFUSED', 'unreachable'], ['attempt-timeout', 'unreachable'], ['ECONNRESET', 'unreachable'], ['ENOTFOUND', 'unreachable'], ['HPE_INVALID_CONSTANT', 'unreachable'],
    ['CERT_HAS_EXPIRED', 'unreachable'], ['UND_ERR_DESTROYED', 'none'], ['ERR_INVALID_ARG_TYPE', 'none'],
  ] as const)('broken by %s: %s', (code, signal) => {
    expect(signalOf({ kind: 'broken', code, sent: false })).toBe(signal);
  });
});

describe('Retry-After', () => {
  it.each([
    ['0', 0], ['120', 120_000], ['999999999', 86_400_000],
    ['Sun, 22 Nov 2026 01:00:00 GMT', 0], ['soon', null], ['-1', null], ['1.5', null], ['', null], ['2026-11-22', null],
  ])('%j means %s ms', (value, wait) => {
    expect(parseRetryAfter(value, NOW)).toBe(wait);
  });
});
