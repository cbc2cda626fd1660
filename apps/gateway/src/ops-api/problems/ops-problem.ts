import type { FieldProblem } from '#contracts';
import { PROBLEMS } from './problem-codes.ts';
import type { ProblemCode } from './problem-codes.ts';

interface ProblemText {
  readonly detail: string;
  readonly detailZh: string;
}

/** Thrown to answer with problem details (RFC 9457). It carries texts and names of fields, never a value that was sent. */
export class OpsProblem extends Error {
  override readonly name = 'OpsProblem';
  readonly status: number;

  constructor(
    readonly code: ProblemCode,
    readonly text: ProblemText,
    readonly errors: readonly FieldProblem[] = [],
    /** When to come back, where that is known. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(text.detail);
    this.status = PROBLEMS[code].status;
  }
}

/** The answer to parameters that break a rule: every broken one is named. */
export function brokenQuery(errors: readonly FieldProblem[]): OpsProblem {
  const fields = errors.map((error) => error.field).join(', ');
  return new OpsProblem('query-broken', { detail: `Mend: ${fields}.`, detailZh: `请改正：${fields}。` }, errors);
}
