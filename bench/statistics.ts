/** A figure of several rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Median, least and most; `null` when nothing was measured. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return null;
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? most;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? least) + upper) / 2;
  return { median: rounded(median), min: rounded(least), max: rounded(most) };
}

/** The ratio of two figures round by round: what the machine does meanwhile hits both. Rounds that only one of them has are left out. */
export function ratioOf(of: readonly number[], to: readonly number[]): Spread | null {
  return spreadOf(of.flatMap((value, round) => {
    const other = to[round];
    return other === undefined || other === 0 ? [] : [value / other];
  }));
}

/** The value below which this share of the values lies (nearest rank); `NaN` of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Two decimals below a hundred, whole numbers above: nobody reads more. */
export function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}
