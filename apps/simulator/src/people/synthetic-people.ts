import { pick } from '../scenario/random.ts';
import { citizenNumber, organisationCode, socialCreditCode } from './certificate-numbers.ts';

/** A person who does not exist: the name says so, the phone range is not in use, the number was never issued. */
export interface Person {
  readonly name: string;
  readonly certType: string;
  readonly certNo: string;
  readonly mobile: string;
}

const SIGNS = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛', '壬', '癸', '子', '丑', '寅', '卯', '辰', '巳', '午', '未', '申', '酉', '戌', '亥'] as const;
/** Numbers are issued with a county's code; this is the city's, so no real person can hold one of ours. */
const CITY = '410200';
const PASSPORT = '414';
const ID_CARD = '111';
const SOCIAL_CREDIT = '901';
const PASSPORT_SHARE = 0.04;

function digits(random: () => number, count: number): string {
  return String(Math.floor(random() * 10 ** count)).padStart(count, '0');
}

function birthDay(random: () => number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${1950 + Math.floor(random() * 55)}${two(1 + Math.floor(random() * 12))}${two(1 + Math.floor(random() * 28))}`;
}

/** A citizen number with a valid checksum (GB 11643). */
export function syntheticCitizenNumber(random: () => number): string {
  return citizenNumber(`${CITY}${birthDay(random)}${digits(random, 3)}`);
}

/** A social credit code with a valid checksum (GB 32100) around an organisation code with one (GB 11714); `XX` marks it as made up. */
export function syntheticSocialCreditCode(random: () => number): string {
  return socialCreditCode(`91${CITY}${organisationCode(`XX${digits(random, 6)}`)}`);
}

export function syntheticMobile(random: () => number): string {
  return `100${digits(random, 8)}`;
}

export function syntheticPerson(random: () => number, kind = '测试'): Person {
  const passport = random() < PASSPORT_SHARE;
  return {
    name: `${kind}${pick(random, SIGNS)}${pick(random, SIGNS)}`,
    certType: passport ? PASSPORT : ID_CARD,
    certNo: passport ? `E0${digits(random, 7)}` : syntheticCitizenNumber(random),
    mobile: syntheticMobile(random),
  };
}

/** An employer that does not exist. */
export function syntheticEmployer(random: () => number): { name: string; certType: string; certNo: string } {
  return { name: `测试${pick(random, SIGNS)}${pick(random, SIGNS)}有限公司`, certType: SOCIAL_CREDIT, certNo: syntheticSocialCreditCode(random) };
}
