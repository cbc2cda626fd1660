import { describe, expect, it } from '@jest/globals';
import { createLogger, NestLogger } from './logger.ts';

function capture(level = 'debug') {
  const lines: string[] = [];
  const logger = createLogger('gateway', { level, destination: { write: (line: string) => { lines.push(line); } } });
  return { logger, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>, text: () => lines.join('') };
}

describe('logging', () => {
  it('writes one JSON object a line, with the app, the level in words and the time', () => {
    const { logger, last } = capture();
    logger.info({ projectNo: 'P-1', traceId: 'abc' }, 'recorded');
    expect(last()).toEqual({ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), app: 'gateway', projectNo: 'P-1', traceId: 'abc', msg: 'recorded' });
  });

  it('empties fields that hold personal data, at any depth', () => {
    const { logger, last, text } = capture();
    logger.info({ applicant: { name: '测试甲' }, case: { agent: { certNo: 'c' }, list: [{ mobile: 'm', projectNo: 'P-1' }] }, body: 'b' }, 'x');
    expect(last()).toMatchObject({ applicant: '[redacted]', case: { agent: '[redacted]', list: [{ mobile: '[redacted]', projectNo: 'P-1' }] }, body: '[redacted]' });
    expect(text()).not.toContain('测试甲');
  });

  it('masks identity and mobile numbers in any text, also of an error', () => {
    const { logger, text } = capture();
    logger.error({ err: new Error('Key (cert_no)=(11010519491231002X) exists'), reason: 'call 13912345678' }, 'bad 110105194912310021');
    expect(text()).not.toMatch(/11010519491231002|13912345678/);
    expect(text()).toMatch(/\[identity number\].*\[mobile number\]/s);
  });

  it('leaves ids alone that only look long', () => {
    const { logger, text } = capture();
    logger.info({ transferId: 'tr_13912345678abcdef', at: 1_767_323_045_000, digest: 'a110105194912310021' }, 'x');
    expect(text()).toContain('tr_13912345678abcdef');
    expect(text()).toContain('1767323045000');
    expect(text()).toContain('a110105194912310021');
  });

  it('carries what Nest says, with the class that says it', () => {
    const { logger, last } = capture();
    const nest = new NestLogger(logger);
    nest.warn('careful', 'SomeService');
    expect(last()).toMatchObject({ level: 'warn', context: 'SomeService', msg: 'careful' });
    nest.error(new Error('broken'), 'SomeService');
    expect(last()).toMatchObject({ level: 'error', msg: 'broken', err: { type: 'Error', message: 'broken' } });
  });

  it('leaves a failed start to the one line that says what to do', () => {
    const { logger, text } = capture('info');
    new NestLogger(logger).error(new Error('connect ECONNREFUSED'), undefined, 'ExceptionHandler');
    expect(text()).toBe('');
  });
});
