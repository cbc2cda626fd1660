/** The longest time without a sign of life between `from` and `to`, in the unit of the moments, which need not be sorted. */
export function longestPause(moments: readonly number[], from: number, to: number): number {
  const inside = moments.filter((moment) => moment > from && moment < to).sort((left, right) => left - right);
  const marks = [from, ...inside, to];
  return Math.max(...marks.slice(1).map((moment, index) => moment - (marks[index] ?? moment)));
}
