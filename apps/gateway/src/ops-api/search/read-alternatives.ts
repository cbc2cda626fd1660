import { SearchProblem } from './search-problem.ts';
import type { SearchMark, SearchPart, SearchToken } from './split-search.ts';

/** Each alternative is a question of its own to the ledger. */
const MOST_ALTERNATIVES = 8;
const DEEPEST = 3;

/**
 * What a search text asks for, as alternatives (或): each is a list of conditions that must all hold. A space binds more closely than “或”, and brackets most:
 * `甲 乙 或 丙` is (甲 and 乙) or 丙. @throws SearchProblem
 */
export function readAlternatives(parts: readonly SearchPart[], length: number): SearchToken[][] {
  return parts.length === 0 ? [[]] : new Reader(parts, length).read();
}

/** Reads the parts from left to right; where it stands is all that it remembers. */
class Reader {
  private next = 0;

  constructor(private readonly parts: readonly SearchPart[], private readonly length: number) {}

  read(): SearchToken[][] {
    const found = this.either(0);
    const left = this.parts[this.next];
    if (left !== undefined) throw new SearchProblem('bracket', left.at, '这个右括号没有对应的左括号', 'this bracket closes nothing');
    return found;
  }

  /** Alternatives with “或” between them. */
  private either(depth: number): SearchToken[][] {
    const found = this.every(depth);
    while (this.mark()?.mark === 'or') {
      this.next += 1;
      found.push(...this.every(depth));
      this.refuseMany(found);
    }
    return found;
  }

  /** What stands side by side: each alternative of one with each of the other. */
  private every(depth: number): SearchToken[][] {
    let found: SearchToken[][] | null = null;
    for (let part = this.term(depth); part !== null; part = this.term(depth)) {
      const beside: SearchToken[][] = part;
      found = found === null ? beside : found.flatMap((left) => beside.map((right) => [...left, ...right]));
      this.refuseMany(found);
    }
    if (found === null) throw new SearchProblem('no-condition', this.place(), '这里缺少条件：“或”的两边、括号里面都要有', 'a condition is missing: on both sides of "or", and in brackets');
    return found;
  }

  private term(depth: number): SearchToken[][] | null {
    const part = this.parts[this.next];
    if (part === undefined) return null;
    if (!isMark(part)) {
      this.next += 1;
      return [[part]];
    }
    return part.mark === 'open' ? this.bracket(part, depth + 1) : null;
  }

  private bracket({ at }: SearchMark, depth: number): SearchToken[][] {
    if (depth > DEEPEST) throw new SearchProblem('too-deep', at, `括号至多套 ${DEEPEST} 层`, `${DEEPEST} brackets within each other at most`);
    this.next += 1;
    const found = this.either(depth);
    if (this.mark()?.mark !== 'close') throw new SearchProblem('bracket', at, '这个左括号没有对应的右括号', 'this bracket is not closed');
    this.next += 1;
    return found;
  }

  private mark(): SearchMark | null {
    const part = this.parts[this.next];
    return part !== undefined && isMark(part) ? part : null;
  }

  private place(): number {
    return this.parts[this.next]?.at ?? this.length;
  }

  private refuseMany({ length }: readonly unknown[]): void {
    if (length > MOST_ALTERNATIVES) throw new SearchProblem(
      'too-many', this.parts[this.next - 1]?.at ?? 0,
      `“或”展开后至多 ${MOST_ALTERNATIVES} 组条件；同一字段的几个值请用逗号隔开写在一起，或分几次检索`,
      `"or" comes to ${MOST_ALTERNATIVES} sets of conditions at most; write several values of one field with commas, or search several times`,
    );
  }
}

function isMark(part: SearchPart): part is SearchMark {
  return 'mark' in part;
}
