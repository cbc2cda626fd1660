import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CHECKSUMS, isCitizenNumber, isOrganisationCode, isSocialCreditCode } from './checksums.ts';
import type { ChecksumName } from './checksums.ts';

describe('公民身份号码 (GB 11643)', () => {
  test.each(['11010519491231002X'])('takes the number the standard prints: %s', (number) => {
    expect(isCitizenNumber(number)).toBe(true);
  });

  test.each([
    ['a wrong check character', '110105194912310021'],
    ['a lower-case x', '11010519491231002x'],
    ['17 characters', '1101051949123100'],
    ['a day that does not exist, with a right check character', '110105194902300020'],
    ['nothing', ''],
  ])('refuses %s', (_what, number) => {
    expect(isCitizenNumber(number)).toBe(false);
  });
});

describe('统一社会信用代码 (GB 32100)', () => {
  test('takes a valid code', () => {
    expect(isSocialCreditCode('91350100M000100Y43')).toBe(true);
  });

  test.each([['a wrong check character', '91350100M000100Y44'], ['a letter the alphabet lacks', '9135O100M000100Y43'], ['17 characters', '91350100M000100Y4']])('refuses %s', (_what, code) => {
    expect(isSocialCreditCode(code)).toBe(false);
  });
});

describe('组织机构代码 (GB 11714)', () => {
  test.each(['725849853', '72584985-3'])('takes the code of the notice: %s', (code) => {
    expect(isOrganisationCode(code)).toBe(true);
  });

  test.each([['a wrong check character', '725849854'], ['lower case', 'abcdefghx'], ['a letter but X at the end', '72584985Y']])('refuses %s', (_what, code) => {
    expect(isOrganisationCode(code)).toBe(false);
  });
});

describe('every check', () => {
  test('notices any single digit that was changed', () => {
    const cases: [ChecksumName, string][] = [['gb11643', '11010519491231002X'], ['gb32100', '91350100M000100Y43'], ['gb11714', '725849853']];
    fc.assert(fc.property(fc.constantFrom(...cases), fc.nat(16), fc.integer({ min: 1, max: 9 }), ([name, text], at, by) => {
      const index = at % (text.length - 1);
      const digit = Number(text.charAt(index));
      fc.pre(!Number.isNaN(digit));
      return !CHECKSUMS[name](text.slice(0, index) + String((digit + by) % 10) + text.slice(index + 1));
    }));
  });
});
