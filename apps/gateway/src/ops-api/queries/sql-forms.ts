import { sql } from 'kysely';
import type { Expression, RawBuilder, SqlBool } from 'kysely';
import type { TimePlace } from '../paging/cursor.ts';

/** An instant as text in microseconds: what PostgreSQL stores. A `Date` has milliseconds, and a cursor made of it would skip rows. */
export function micros(column: string): RawBuilder<string> {
  return sql<string>`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** Rows after a place in a list ordered newest first: a row comparison, which one index answers from where the last page ended. */
export function after(at: string, key: string, place: TimePlace): RawBuilder<SqlBool> {
  return sql<SqlBool>`(${sql.ref(at)}, ${sql.ref(key)}) < (${place.at}::timestamptz, ${place.key})`;
}

/** A condition when there is a value, nothing when there is none. */
export function given<T>(value: T | null | undefined, condition: (value: T) => Expression<SqlBool>): Expression<SqlBool>[] {
  return value === undefined || value === null ? [] : [condition(value)];
}

/** One word, any of a few, or none of a few. */
export type Chosen<Word extends string> = Word | readonly Word[] | { readonly not: readonly Word[] };

/** Whether a column holds what is chosen. Written with literal lists, which the partial indexes are proven by. */
export function chosen<Word extends string>(column: string, choice: Chosen<Word>): RawBuilder<SqlBool> {
  const at = sql.ref(column);
  if (typeof choice === 'string') return sql<SqlBool>`${at} = ${choice}`;
  if (isExclusion(choice)) return sql<SqlBool>`(${at} is null or ${at} not in (${sql.join(choice.not)}))`;
  const [only, ...others] = choice;
  return only !== undefined && others.length === 0 ? sql<SqlBool>`${at} = ${only}` : sql<SqlBool>`${at} in (${sql.join(choice)})`;
}

/** The words that are asked for; `null` when it is said only which are not, or nothing is. */
export function chosenWords<Word extends string>(choice: Chosen<Word> | undefined): readonly Word[] | null {
  if (choice === undefined) return null;
  if (typeof choice === 'string') return [choice];
  return isExclusion(choice) ? null : choice;
}

export function isExclusion<Word extends string>(choice: Chosen<Word>): choice is { readonly not: readonly Word[] } {
  return typeof choice === 'object' && 'not' in choice;
}

/** Rows after a place in a list that is ordered by these columns. */
export function afterKeys(columns: readonly string[], keys: readonly string[]): RawBuilder<SqlBool> {
  return sql<SqlBool>`(${sql.join(columns.map((column) => sql.ref(column)))}) > (${sql.join(keys)})`;
}

/** Whether a program (`edge_instances`) was heard within so many milliseconds, and has not said that it stops. */
export function heardWithin(ms: number): RawBuilder<boolean> {
  return sql<boolean>`(edge_instances.seen_at >= now() - ${ms}::float8 * interval '1 millisecond' and edge_instances.stopped_at is null)`;
}

/** A filter that may have alternatives, of which one must hold beside the rest. */
export interface WithAlternatives<Filter> {
  readonly any?: readonly Filter[];
}

/** The alternatives of a filter, each whole by itself; of a filter without any, itself. */
export function alternativesOf<Filter extends WithAlternatives<Filter>>({ any, ...rest }: Filter): Filter[] {
  return any === undefined ? [rest as Filter] : any.map((one) => ({ ...rest, ...one }));
}

/** That all of these hold. */
export function all(conditions: readonly Expression<SqlBool>[]): RawBuilder<SqlBool> {
  return conditions.length === 0 ? sql<SqlBool>`true` : sql<SqlBool>`(${sql.join(conditions, sql` and `)})`;
}
