import { brokenQuery } from '../problems/ops-problem.ts';
import { parseSearch } from './parse-search.ts';
import type { SearchScreen } from './search-fields.ts';

/**
 * A list's filter: its parameters, and what the search text adds to them. The words of the text have been read by the screen's own fields, so they are
 * what the filter's keys hold; of several alternatives, each is a filter in `any`.
 * @throws OpsProblem `query-broken` for a broken text, and for one that says again what a parameter says
 */
export function searchFilter<Filter extends object>(given: Filter & { readonly any?: never }, text: string | undefined, screen: SearchScreen, now: Date): Filter | (Filter & { readonly any: readonly Filter[] }) {
  if (text === undefined) return given;
  const alternatives = parseSearch(text, screen, now).map(({ fields, ...period }): object => ({ ...fields, ...period }));
  const [twice] = alternatives.flatMap((one) => Object.keys(one)).filter((key) => (given as Record<string, unknown>)[key] !== undefined);
  if (twice !== undefined) throw brokenQuery([{ field: 'q', rule: 'twice', zh: `q 和参数 ${twice} 说的是同一件事，请只留一处`, en: `q and the parameter ${twice} narrow the same thing; leave one out` }]);
  const [only, ...others] = alternatives;
  return others.length === 0 ? { ...given, ...only } : { ...given, any: alternatives as Filter[] };
}
