/** How one thing is that was looked at. */
export type Verdict = 'ok' | 'warn' | 'bad';

/** One line of the doctor (体检项). */
export interface Finding {
  readonly verdict: Verdict;
  /** What was looked at: stable, for scripts. */
  readonly check: string;
  readonly checkZh: string;
  /** How it is. */
  readonly found: string;
  /** What to do; for what is well there is nothing to do. */
  readonly advice: string | null;
}

type Told = readonly [check: string, checkZh: string];

export function ok([check, checkZh]: Told, found: string): Finding {
  return { verdict: 'ok', check, checkZh, found, advice: null };
}

export function warn([check, checkZh]: Told, found: string, advice: string): Finding {
  return { verdict: 'warn', check, checkZh, found, advice };
}

export function bad([check, checkZh]: Told, found: string, advice: string): Finding {
  return { verdict: 'bad', check, checkZh, found, advice };
}

/** The worst of them. */
export function worst(findings: readonly Pick<Finding, 'verdict'>[]): Verdict {
  if (findings.some(({ verdict }) => verdict === 'bad')) return 'bad';
  return findings.some(({ verdict }) => verdict === 'warn') ? 'warn' : 'ok';
}
