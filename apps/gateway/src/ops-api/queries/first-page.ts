import { sql } from 'kysely';
import type { RawBuilder, SqlBool } from 'kysely';

/** A list that is ordered by two columns, newest first. */
interface Listed {
  /** By what it is ordered; the second is the key of a row. Both with the name of the table. */
  readonly keys: readonly [at: string, key: string];
  /** The table, with what it is joined to. */
  readonly from: RawBuilder<unknown>;
  readonly rows: number;
}

/**
 * Whether a row is on the first page of what one of these conditions holds for. Of a single condition that is the condition itself. Of several, each gives a page
 * from the index that answers it, and the newest of them together are the page.
 */
export function onFirstPage(conditions: readonly RawBuilder<SqlBool>[], { keys: [at, key], from, rows }: Listed): RawBuilder<SqlBool> {
  const [only, ...others] = conditions;
  if (only === undefined) return sql<SqlBool>`false`;
  if (others.length === 0) return only;
  const pages = conditions.map((condition) => sql`(select ${sql.ref(at)} as at, ${sql.ref(key)} as key from ${from} where ${condition} order by ${sql.ref(at)} desc, ${sql.ref(key)} desc limit ${rows})`);
  return sql<SqlBool>`${sql.ref(key)} in (select key from (${sql.join(pages, sql` union `)}) pages order by at desc, key desc limit ${rows})`;
}
