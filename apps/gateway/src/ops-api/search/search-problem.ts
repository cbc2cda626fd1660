import type { FieldProblem } from '#contracts';

/** What is wrong with one part of a search text. Parts are named by where they stand, never by what they say: it may be a person's number. */
export class SearchProblem extends Error {
  override readonly name = 'SearchProblem';

  /** `at`: the character it is about, 0 the first. */
  constructor(readonly rule: string, readonly at: number, readonly zh: string, readonly en: string) {
    super(en);
  }

  /** As the answer names it. */
  get problem(): FieldProblem {
    return { field: 'q', rule: this.rule, zh: `第 ${this.at + 1} 个字起：${this.zh}`, en: `from character ${this.at + 1}: ${this.en}` };
  }
}
