import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { binaryArray } from './binary-array.ts';
import type { ColumnKind } from './binary-array.ts';

/** The columns of a set of rows and the types they travel as. */
export type Columns<Row> = { readonly [Name in keyof Row & string]: ColumnKind };

/** `"a", "b"`: the names of the columns, in the order {@link rowSet} gives them. As one piece of text: a batch's statements have hundreds of names. */
export function names(columns: Readonly<Record<string, ColumnKind>>): RawBuilder<unknown> {
  return sql.raw(namesOf(Object.keys(columns)));
}

/** `t."a", t."b"` */
export function namesIn(alias: string, columns: readonly string[]): RawBuilder<unknown> {
  return sql.raw(columns.map((name) => `${alias}."${name}"`).join(', '));
}

/** `"a" = p."a", "b" = p."b"`: every column but those of the key set to what `from` has there. */
export function changes(columns: Readonly<Record<string, ColumnKind>>, key: readonly string[], from: string): RawBuilder<unknown> {
  return sql.raw(Object.keys(columns).filter((name) => !key.includes(name)).map((name) => `"${name}" = ${from}."${name}"`).join(', '));
}

/**
 * Many rows as one relation: `unnest($1::text[], $2::int[]) as alias("a", "b")`. One parameter per column however many rows there are,
 * so a batch of any size is one statement with one text.
 */
export function rowSet<Row>(columns: Columns<Row>, rows: readonly Row[], alias: string): RawBuilder<unknown> {
  const entries = Object.entries<ColumnKind>(columns) as [keyof Row & string, ColumnKind][];
  const arrays = entries.map(([name, kind]) => binaryArray(rows.map((row) => row[name]), kind));
  // What stands before, between and behind the parameters.
  const text = entries.map(([, kind], index) => `::${kind}[]${index === entries.length - 1 ? `) as ${alias}(${namesOf(Object.keys(columns))})` : ', '}`);
  const pieces = ['unnest(', ...text];
  return sql(Object.assign(pieces, { raw: pieces }), ...arrays);
}

function namesOf(columns: readonly string[]): string {
  return columns.map((name) => `"${name}"`).join(', ');
}
