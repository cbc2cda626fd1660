import { describe, expect, it } from '@jest/globals';
import { markVariables } from './mark-variables.ts';
import { normaliseDetail } from './normalise-detail.ts';

const marked = (detail: string, field: string | null = null): string[] => markVariables(detail, normaliseDetail(detail, field)).map(({ text, kind }) => (kind === 'same' ? text : `${kind}(${text})`));

describe('the words of a failure', () => {
  it.each([
    ['办件 KF-1 的金额 12.50 有误', null, ['办件 ', 'varies(KF-1)', ' 的金额 ', 'varies(12.50)', ' 有误']],
    ['字段 data.applicant.certNo 有误', 'data.applicant.certNo', ['字段 ', 'field(data.applicant.certNo)', ' 有误']],
    ['对方拒收', null, ['对方拒收']],
    ['17', null, ['varies(17)']],
    ['', null, []],
  ])('%j show what varies', (detail, field, parts) => {
    expect(marked(detail, field)).toEqual(parts);
  });

  it('lose nothing, whatever they are', () => {
    for (const detail of ['a 1 b 2', '<*> 7 <字段>', 'x'.repeat(1_500), '见 http://10.0.0.1/a?b=1 第 3 行', '2026-11-23 10:00:00 超时']) {
      expect(markVariables(detail, normaliseDetail(detail, null)).map(({ text }) => text).join('')).toBe(detail);
    }
    expect(markVariables('别的话', '不是 <*> 这句')).toEqual([{ text: '别的话', kind: 'same' }]);
  });
});
