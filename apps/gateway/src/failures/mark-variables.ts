import { FIELD, VARIABLE } from './normalise-detail.ts';

/** One piece of an error's words: the same in every failure of its group, different from one to the next, or the field of the contract. */
export interface DetailPart {
  readonly text: string;
  readonly kind: 'same' | 'varies' | 'field';
}

const MARKS = new RegExp(`(${[VARIABLE, FIELD].map((mark) => mark.replaceAll(/[*]/g, '\\$&')).join('|')})`);

/**
 * The words of one failure, with what varies within its group told apart: found by laying the group's normalised text over them. Where the two do not fit
 * (the words were cut off, or normalised by an older program) all of it counts as the same.
 */
export function markVariables(detail: string, text: string): DetailPart[] {
  const plain = detail.replaceAll(/\s+/g, ' ').trim();
  const parts: DetailPart[] = [];
  let at = 0;
  for (const { words, before } of stretches(text)) {
    const found = words === null ? plain.length : plain.indexOf(words, at);
    if (found < 0 || (before === 'same' && found > at)) return [{ text: plain, kind: 'same' }];
    parts.push({ text: plain.slice(at, found), kind: before }, { text: words ?? '', kind: 'same' });
    at = found + (words?.length ?? 0);
  }
  return parts.filter((part) => part.text !== '');
}

/** Words that stand in every failure, and what stands before them; at the end there are none any more. */
function stretches(text: string): { readonly words: string | null; readonly before: DetailPart['kind'] }[] {
  const found: { words: string | null; before: DetailPart['kind'] }[] = [];
  let before: DetailPart['kind'] = 'same';
  for (const piece of text.split(MARKS).filter((one) => one !== '')) {
    if (piece === VARIABLE || piece === FIELD) {
      before = piece === FIELD && before === 'same' ? 'field' : 'varies';
      continue;
    }
    found.push({ words: piece, before });
    before = 'same';
  }
  return [...found, { words: null, before }];
}
