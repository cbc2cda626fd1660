import { createHash, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ERROR_WORDS } from '#contracts';
import fc from 'fast-check';
import { failureSignature } from './failure-signature.ts';

const REFUSED = { destination: 'centre', kind: 'open', errorWord: 'permanent', errorCode: 'http-422', httpStatus: 422 } as const;
const UNTRANSLATABLE = { destination: 'centre', kind: 'open', errorWord: 'invalid', errorCode: 'not-translatable', httpStatus: null } as const;
const idOf = (errorDetail: string | null): string => failureSignature({ ...REFUSED, errorDetail }).id;

const sha256 = fc.string().map((text) => createHash('sha256').update(text).digest('hex'));
const instant = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-12-31'), noInvalidDate: true });
/** Of each kind, what one text has where another like it has something else. */
const VARIABLES = {
  uuid: fc.uuid(),
  'a project number': fc.tuple(fc.integer({ min: 100_000, max: 999_999 }), fc.integer({ min: 0, max: 999_999 })).map(([hall, no]) => `${hall}-20261123-${String(no).padStart(6, '0')}`),
  'a transfer id': sha256.map((digest) => `tr_${Buffer.from(digest, 'hex').toString('base64url')}`),
  number: fc.oneof(fc.integer({ min: 0 }).map(String), fc.integer({ min: 0, max: 10_000_000 }).map((cents) => (cents / 100).toFixed(2))),
  'a time in RFC 3339': instant.map((at) => at.toISOString()),
  'a local time': instant.map((at) => at.toISOString().slice(0, 19).replace('T', ' ')),
  'a digest in hexadecimal': sha256,
  'a digest in base64': sha256.map((digest) => Buffer.from(digest, 'hex').toString('base64')),
  'an IPv4 address': fc.ipV4(),
  'an address with a port': fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 65_535 })).map(([host, port]) => `${host}:${port}`),
  'a host name': fc.tuple(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/), fc.constantFrom('kaifeng.gov.cn', 'hall.internal', 'a.b.local')).map((parts) => parts.join('.')),
  'a URL': fc.tuple(fc.domain(), fc.integer({ min: 1, max: 65_535 })).map(([host, port]) => `https://${host}:${port}/v1/x?y=1`),
} as const;
const TEXTS = [
  (part: string) => `对方拒收（编号 ${part}），请核对`,
  (part: string) => `conflict with "${part}" already there`,
  (part: string) => `${part}`,
  (part: string) => `字段 data.applicant.certNo 有误：${part}`,
  (part: string) => `连接 ${part} 失败，已试多次`,
];

describe('the signature of a failure', () => {
  it.each(Object.entries(VARIABLES))('is one for all that differ only in %s', (_name, variable) => {
    fc.assert(fc.property(fc.constantFrom(...TEXTS), variable, variable, (text, one, other) => {
      expect(failureSignature({ ...REFUSED, errorDetail: text(one) })).toEqual(failureSignature({ ...REFUSED, errorDetail: text(other) }));
    }), { numRuns: 300 });
  });

  it('leaves no digit of the detail, whatever stands there', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 0 }), (text, number) => {
      expect(failureSignature({ ...REFUSED, errorDetail: `${text}${number}` }).text).not.toMatch(/\d/);
    }));
  });

  it('is another for another destination, kind, word, code, status or field', () => {
    const base = { ...REFUSED, errorDetail: '字段 data.applicant.certNo 有误' };
    const others = [
      base, { ...base, destination: 'hall:410204' as const }, { ...base, destination: 'hall:410203' as const }, { ...base, kind: 'correct' },
      { ...base, errorWord: 'technical' as const }, { ...base, errorCode: 'http-400' }, { ...base, errorCode: null }, { ...base, httpStatus: 400 },
      { ...base, httpStatus: null }, { ...base, errorDetail: '字段 data.applicant.name 有误' }, { ...base, errorDetail: '缺少附件' }, { ...base, errorDetail: null },
    ];
    expect(new Set(others.map((failure) => failureSignature(failure).id)).size).toBe(others.length);
  });

  it('is the same after every start: ids are kept in the ledger', () => {
    expect(failureSignature({ ...REFUSED, errorDetail: '对方应答 HTTP 422' }).id).toBe('fg_ed1be26d32a3e2a581efca03');
  });

  it('never goes by chance: the same text twice, and another text, whatever they are', () => {
    fc.assert(fc.property(fc.constantFrom(...ERROR_WORDS), fc.stringMatching(/^[a-z]{3,7}$/), fc.stringMatching(/^[g-z]{3,7}$/), (errorWord, one, other) => {
      fc.pre(one !== other);
      const signed = (errorCode: string): string => failureSignature({ ...REFUSED, errorWord, errorCode, errorDetail: null }).id;
      expect(signed(one)).toBe(signed(one));
      expect(signed(one)).not.toBe(signed(other));
    }));
  });
});

describe('the field of the contract', () => {
  it.each([
    ['promise.unit: “promise.unit”的代码没有对应关系', 'promise.unit', '<字段>: “<字段>”的代码没有对应关系'],
    ['receipt: 缺少“receipt”，无法转换', 'receipt', '<字段>: 缺少“<字段>”，无法转换'],
    ['data.materials[17].attachments[2].sm3: 缺少', 'data.materials[*].attachments[*].sm3', '<字段>: 缺少'],
  ])('is kept where our translation names it: %s', (errorDetail, field, text) => {
    expect(failureSignature({ ...UNTRANSLATABLE, errorDetail })).toMatchObject({ signature: { field }, text, failureClass: 'data' });
  });

  it.each([
    ['字段 data.applicant.certNo 校验未通过', 'data.applicant.certNo'], ['field=payee.accountNo is wrong', 'payee.accountNo'],
    ['/data/materials/3/name must not be empty', 'data.materials[*].name'], ['必填：data.receivedAt（应为时间）', 'data.receivedAt'],
    ['连接超时（请求未发出）', null], ['timeout: nothing came', null], ['', null],
  ])('is found in what others say: %s', (errorDetail, field) => {
    expect(failureSignature({ ...REFUSED, errorDetail }).signature.field).toBe(field);
  });

  it('is the same for every element of a list', () => {
    expect(idOf('data.materials[0].name 为空')).toBe(idOf('data.materials[12].name 为空'));
  });
});

describe('whose a failure is', () => {
  it.each([
    ['invalid', 'not-translatable', 'data', 'data'], ['permanent', 'http-422', 'data', 'data'], ['permanent', 'http-401', 'ours', 'ours'],
    ['permanent', 'http-409', 'centre', 'hall'], ['retryable', 'http-503', 'centre', 'hall'], ['retryable', 'connection-refused', 'centre', 'hall'],
    ['retryable', 'verify-http-500', 'centre', 'hall'], ['retryable', 'tls-untrusted', 'ours', 'ours'], ['technical', 'endpoint-unknown', 'ours', 'ours'],
    ['technical', 'unknown', 'ours', 'ours'], ['technical', null, 'ours', 'ours'], ['permanent', 'constructor', 'centre', 'hall'],
  ] as const)('%s %s: %s towards the centre, %s towards a hall', (errorWord, errorCode, centre, hall) => {
    const failure = { kind: 'open', errorWord, errorCode, httpStatus: null, errorDetail: randomUUID() };
    expect(failureSignature({ ...failure, destination: 'centre' }).failureClass).toBe(centre);
    expect(failureSignature({ ...failure, destination: 'hall:410204' }).failureClass).toBe(hall);
  });
});
