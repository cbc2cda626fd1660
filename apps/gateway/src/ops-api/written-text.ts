import { ValidateBy } from 'class-validator';
import { saying } from './query-fields.ts';
import { holdsPersonalForm, holdsPersonalNumber } from './written-numbers.ts';

interface RuleText {
  readonly zh: string;
  readonly en: string;
}

/** Control characters but tab and line ends, and halves of surrogate pairs: PostgreSQL keeps neither. */
const UNKEEPABLE = /[^\P{Cc}\t\n\r]|\p{Cs}/u;
const NUMBER_TEXT: RuleText = { zh: '不得有证件号码、手机号或账号', en: 'must not hold a certificate, phone or account number' };

/** Of text from outside: no control characters. */
export function NoControlCharacters(): PropertyDecorator {
  return textRule('noControlCharacters', (text) => !UNKEEPABLE.test(text), { zh: '不得有控制字符', en: 'must not hold control characters' });
}

/** Of text that is kept as it is: no number of a person, nor any long number. */
export function NoPersonalNumber(text: RuleText = NUMBER_TEXT): PropertyDecorator {
  return textRule('noPersonalNumber', (written) => !holdsPersonalNumber(written), text);
}

/** Of a word that may be a long number, but not of a person. */
export function NoPersonalForm(): PropertyDecorator {
  return textRule('noPersonalNumber', (written) => !holdsPersonalForm(written), NUMBER_TEXT);
}

/** What is no text is the business of other rules. */
function textRule(name: string, holds: (text: string) => boolean, text: RuleText): PropertyDecorator {
  return ValidateBy({ name, validator: { validate: (value: unknown) => typeof value !== 'string' || holds(value) } }, saying(text));
}
