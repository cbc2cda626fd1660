import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { citizenNumber, organisationCode, socialCreditCode } from './certificate-numbers.ts';
import { randomOf } from '../scenario/random.ts';
import { syntheticCitizenNumber, syntheticEmployer, syntheticMobile, syntheticPerson } from './synthetic-people.ts';

/** ISO 7064 MOD 11-2 from right to left with powers of two: another way to the same rule as the weights of GB 11643. */
function isCitizenNumber(text: string): boolean {
  const values = [...text].map((sign) => (sign === 'X' ? 10 : Number(sign))).reverse();
  return text.length === 18 && values.reduce((sum, value, at) => sum + value * (2 ** at % 11), 0) % 11 === 1;
}

/** GB 32100 as powers of three modulo 31, check character included with weight one: the whole must vanish. */
function isSocialCreditCode(text: string): boolean {
  const alphabet = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'];
  let power = 1;
  let sum = 0;
  for (const sign of text.slice(0, 17)) {
    sum += alphabet.indexOf(sign) * power;
    power = (power * 3) % 31;
  }
  return text.length === 18 && (sum + alphabet.indexOf(text.charAt(17))) % 31 === 0;
}

describe('certificate numbers', () => {
  it('agree with numbers whose check character is published', () => {
    expect(citizenNumber('11010519491231002')).toBe('11010519491231002X');
    expect(organisationCode('72584985')).toBe('725849853');
  });

  it('of synthetic people always pass an independent check, and stand on a real day', () => {
    fc.assert(fc.property(fc.string(), (seed) => {
      const number = syntheticCitizenNumber(randomOf(seed));
      const day = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
      return isCitizenNumber(number) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
    }));
  });

  it('of synthetic employers always pass an independent check', () => {
    fc.assert(fc.property(fc.string(), (seed) => isSocialCreditCode(syntheticEmployer(randomOf(seed)).certNo)));
  });

  it('fail the independent check when a sign is changed, so the check can fail', () => {
    expect(isCitizenNumber('110105194912310021')).toBe(false);
    const code = socialCreditCode('91410200XX1234560');
    expect([isSocialCreditCode(code), isSocialCreditCode(code.replace('4', '5'))]).toEqual([true, false]);
  });
});

describe('synthetic people', () => {
  it('are the same for the same seed and obviously made up', () => {
    const [one, other] = [syntheticPerson(randomOf('s')), syntheticPerson(randomOf('s'))];
    expect(one).toEqual(other);
    expect(one.name).toMatch(/^测试/);
    expect(one.certNo.startsWith('410200') || one.certNo.startsWith('E0')).toBe(true);
  });

  it('have phone numbers of a range that no operator uses', () => {
    expect(syntheticMobile(randomOf('m'))).toMatch(/^100\d{8}$/);
  });
});
