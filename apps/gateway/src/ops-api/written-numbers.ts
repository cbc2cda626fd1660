import { scrubbed } from './personal-numbers.ts';

/** Ids that programs made: whatever digits are in them belong to nobody. */
const MADE_IDS = /tr_[\w-]{27}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b(?=\d*[a-f])[0-9a-f]{24,}\b/g;
/** Digits as people group them: with blanks or hyphens between. */
const GROUPED = /\d+(?:[\s\p{Pd}_·]{1,3}\d+)*(?:[\s\p{Pd}]?[Xx](?![A-Za-z]))?/gu;
const UNSEEN = /\p{Cf}/gu;
const LONGEST = 19;

const IDENTITY = /^[1-9]\d{5}((?:19|20)\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]$/;
const MOBILE = /^1[3-9]\d{9}$/;
/** UnionPay cards (ISO/IEC 7812, issuers 62 and 9558). */
const CARD = /^(?:62\d{14,17}|9558\d{12,15})$/;
/** Any other card, as it is printed. */
const FOURS = /^\d{4}(?: \d{4}){2} \d{4}(?: \d{1,3})?$/;
/** A project number or a ticket may hold an area and a day, too: but that day is of these years, and a person's is earlier. */
const YOUNGEST = 10;

/**
 * Whether a text that somebody writes holds a number of a person, also one with blanks or hyphens in it, in full-width digits or with letters beside it. Stricter
 * than `scrubbed`, which must leave what programs write readable: here a refusal costs a second try.
 */
export function holdsPersonalNumber(text: string): boolean {
  const plain = plainOf(text);
  return scrubbed(plain) !== plain || holdsGrouped(plain);
}

/** The same for a word that may be a long number of another kind: only what has the form of a person's. */
export function holdsPersonalForm(text: string): boolean {
  return holdsGrouped(plainOf(text));
}

function plainOf(text: string): string {
  return text.normalize('NFKC').replace(UNSEEN, '').replace(MADE_IDS, '|');
}

function holdsGrouped(plain: string): boolean {
  const year = new Date().getFullYear();
  return (plain.match(GROUPED) ?? []).some((written) => {
    const groups = written.match(/\d+(?:[\s\p{Pd}]?[Xx]$)?/gu) ?? [];
    return FOURS.test(groups.join(' ')) || groups.some((_, from) => startsPersonal(groups.slice(from), year));
  });
}

/** Whether the first of these groups, with so many of the next as fit, make a number of a person. */
function startsPersonal(groups: readonly string[], year: number): boolean {
  let joined = '';
  for (const group of groups) {
    joined += group.replace(/[\s\p{Pd}]/gu, '').toUpperCase();
    if (joined.length > LONGEST) return false;
    if (MOBILE.test(joined) || CARD.test(joined) || isIdentity(joined, year)) return true;
  }
  return false;
}

function isIdentity(number: string, year: number): boolean {
  const born = IDENTITY.exec(number)?.[1];
  return born !== undefined && Number(born) <= year - YOUNGEST;
}
