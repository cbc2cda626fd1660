import type pg from 'pg';
import { CLONED_TABLES } from './clone-columns.ts';

interface Constraint {
  readonly table: string;
  readonly name: string;
  readonly kind: 'p' | 'u' | 'f';
  readonly definition: string;
}

const TABLES = `(${CLONED_TABLES.map((table) => `'${table}'::regclass`).join(', ')})`;

/**
 * Takes keys, references and indexes off the tables that are filled, and gives back what puts them on again: as they were, by the database's own
 * definitions, which also proves that what was made keeps to them.
 */
export async function shedIndexes(db: pg.Client): Promise<() => Promise<void>> {
  const constraints = await constraintsOn(db);
  const { rows: indexes } = await db.query<{ name: string; definition: string }>(`
    select c.relname as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid in ${TABLES} and not c.relispartition
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u'))`);
  // References first: they hang on the keys.
  for (const { table, name } of constraints.toSorted((a, b) => orderOf(b) - orderOf(a))) await db.query(`alter table ${table} drop constraint "${name}"`);
  for (const { name } of indexes) await db.query(`drop index "${name}"`);
  return async () => {
    for (const { table, name, definition } of constraints.toSorted((a, b) => orderOf(a) - orderOf(b))) await db.query(`alter table ${table} add constraint "${name}" ${definition}`);
    for (const { definition } of indexes) await db.query(definition);
  };
}

/** Also the references of other tables to these. */
async function constraintsOn(db: pg.Client): Promise<Constraint[]> {
  const { rows } = await db.query<Constraint>(`
    select conrelid::regclass::text as table, conname as name, contype as kind, pg_get_constraintdef(oid) as definition
    from pg_constraint
    where contype in ('p', 'u', 'f') and conparentid = 0 and (conrelid in ${TABLES} or confrelid in ${TABLES})`);
  return rows;
}

function orderOf({ kind }: Constraint): number {
  return kind === 'f' ? 1 : 0;
}
