import { looksPersonal } from '../personal-numbers.ts';
import { SearchProblem } from './search-problem.ts';

const BETWEEN_WORDS = /[\s\u3000:：,，、"“”()（）]+-?/;
/** Digits of one number that somebody set apart. */
const SET_APART = /(?<=\d)[\s\u3000()（）-]+(?=[\dXx])/g;

/** @throws SearchProblem for what looks like a person's number: it must not get into access logs and browser histories. */
export function refusePersonal(text: string): void {
  const words = [text, text.replace(SET_APART, '')].flatMap((form) => ` ${form}`.split(BETWEEN_WORDS));
  if (words.some(looksPersonal)) throw new SearchProblem(
    'notPersonal', 0,
    '像是含有证件号码或手机号，不得写入网址；请用 POST /api/cases/search-by-identity',
    'it looks as if it held a certificate or phone number, which must not be in a URL; use POST /api/cases/search-by-identity',
  );
}
