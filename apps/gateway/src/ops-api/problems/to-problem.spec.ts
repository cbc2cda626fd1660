import { describe, expect, it } from '@jest/globals';
import { BadRequestException, NotFoundException } from '@nestjs/common';
import { PROBLEMS } from './problem-codes.ts';
import { brokenQuery } from './ops-problem.ts';
import { toProblem } from './to-problem.ts';

const withCode = (code: string): Error => Object.assign(new Error('refused for 41020419900307151X'), { code });

describe('what goes wrong while answering', () => {
  it.each([
    ['a refused connection', withCode('ECONNREFUSED'), 'ledger-unavailable'],
    ['a server that is shutting down', withCode('57P01'), 'ledger-unavailable'],
    ['too many connections', withCode('53300'), 'ledger-unavailable'],
    ['a pool that has none free', new Error('timeout exceeded when trying to connect'), 'ledger-unavailable'],
    ['a statement stopped by its timeout', withCode('57014'), 'too-slow'],
    ['a wrong statement', withCode('42703'), 'internal'],
    ['an unknown address', new NotFoundException(), 'route-unknown'],
    ['a broken body', new BadRequestException(), 'not-json'],
    ['a body too large', Object.assign(new Error(), { statusCode: 413 }), 'too-large'],
    ['another refusal of the server', Object.assign(new Error(), { statusCode: 431 }), 'request-broken'],
    ['a bug', new TypeError('x is not a function'), 'internal'],
    ['something that is no error', 'boom', 'internal'],
  ])('%s has one code', (_what, error, code) => {
    expect(toProblem(error).code).toBe(code);
  });

  it('never carries the text of a foreign error to the caller', () => {
    expect(JSON.stringify(toProblem(withCode('42703')).text)).not.toContain('41020419900307151X');
  });

  it('names each broken field', () => {
    const problem = toProblem(brokenQuery([{ field: 'limit', rule: 'max', zh: '过大', en: 'too large' }]));
    expect(problem).toMatchObject({ status: 422, code: 'query-broken', text: { detail: 'Mend: limit.' } });
  });

  it('has a title in both languages for every code', () => {
    for (const { title, titleZh } of Object.values(PROBLEMS)) {
      expect(title).toMatch(/^[A-Z]/);
      expect(titleZh).toMatch(/[\u4e00-\u9fff]/);
    }
  });
});
