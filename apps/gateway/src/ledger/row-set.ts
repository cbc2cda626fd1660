import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';

type ColumnKind = 'text' | 'int' | 'bigint' | 'boolean' | 'timestamptz' | 'jsonb' | 'bytea';

/** The columns of a set of rows and the types they travel as. */
export type Columns<Row> = { readonly [Name in keyof Row & string]: ColumnKind };

/** `a, b, c`: the names of the columns, in the order {@link rowSet} gives them. */
export function names(columns: Readonly<Record<string, ColumnKind>>): RawBuilder<unknown> {
  return sql.join(Object.keys(columns).map((name) => sql.ref(name)));
}

/**
 * Many rows as one relation: `unnest($1::text[], $2::int[]) as alias(a, b)`. One parameter per column however many rows there are,
 * so a batch of any size is one statement with one text.
 */
export function rowSet<Row>(columns: Columns<Row>, rows: readonly Row[], alias: string): RawBuilder<unknown> {
  const entries = Object.entries<ColumnKind>(columns) as [keyof Row & string, ColumnKind][];
  const arrays = entries.map(([name, kind]) => sql`${toArray(rows.map((row) => row[name]), kind)}::${sql.raw(kind)}[]`);
  return sql`unnest(${sql.join(arrays)}) as ${sql.ref(alias)}(${names(columns)})`;
}

/** Bytes are written out here: the driver would look through each of them for what must be escaped, and in hexadecimal nothing must be. */
function toArray(values: readonly unknown[], kind: ColumnKind): unknown {
  if (kind !== 'bytea') return values.map((value) => toParameter(value, kind));
  return `{${values.map((value) => (Buffer.isBuffer(value) ? `"\\\\x${value.toString('hex')}"` : 'null')).join(',')}}`;
}

function toParameter(value: unknown, kind: ColumnKind): unknown {
  return kind === 'jsonb' && value !== null && value !== undefined ? JSON.stringify(value) : (value ?? null);
}
