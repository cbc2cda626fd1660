import { NO_PROBLEMS, problem } from './rule.ts';
import type { Rule } from './rule.ts';

/** `later` may not lie before `earlier`; both are paths to moments, and either may be absent. */
export function inOrder<D extends object>(earlier: string, later: string): Rule<D> {
  return {
    needs: [earlier, later],
    check: (data) => {
      const [from, to] = [momentAt(data, earlier), momentAt(data, later)];
      if (from === undefined || to === undefined || from <= to) return NO_PROBLEMS;
      return problem(later, 'time-order', `不能早于 ${earlier}`, `must not be before ${earlier}`);
    },
  };
}

function momentAt(data: object, path: string): number | undefined {
  const found = path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], data);
  return typeof found === 'string' ? Date.parse(found) : undefined;
}
