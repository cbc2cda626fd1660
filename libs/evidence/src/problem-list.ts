import { EVIDENCE_PROBLEMS } from './problems.ts';
import type { EvidenceProblem, EvidenceProblemCode } from './problems.ts';
import type { EvidenceReport } from './report.ts';

const KEPT_PROBLEMS = 100;

/** What a verification found so far: all of it counted, the first hundred kept. */
export class ProblemList {
  private readonly kept: EvidenceProblem[] = [];
  private total = 0;

  note(code: EvidenceProblemCode, line: number, seq: number | null): void {
    this.total += 1;
    if (this.kept.length < KEPT_PROBLEMS) this.kept.push({ code, line, seq, ...EVIDENCE_PROBLEMS[code] });
  }

  report(): Pick<EvidenceReport, 'ok' | 'firstProblem' | 'problems' | 'problemsTotal'> {
    return { ok: this.total === 0, firstProblem: this.kept[0] ?? null, problems: this.kept, problemsTotal: this.total };
  }
}
