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

/** Rows after a place in a list that is ordered by these columns. */
export function afterKeys(columns: readonly string[], keys: readonly string[]): RawBuilder<SqlBool> {
  return sql<SqlBool>`(${sql.join(columns.map((column) => sql.ref(column)))}) > (${sql.join(keys)})`;
}

/** Whether a program (`edge_instances`) was heard within so many milliseconds, and has not said that it stops. */
export function heardWithin(ms: number): RawBuilder<boolean> {
  return sql<boolean>`(edge_instances.seen_at >= now() - ${ms}::float8 * interval '1 millisecond' and edge_instances.stopped_at is null)`;
}
