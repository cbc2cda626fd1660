import { afterAll, beforeAll } from '@jest/globals';
import { Client } from 'pg';
import { serverUrl, uniqueName } from './environment.ts';

export interface TestDatabase {
  readonly name: string;
  /** postgres:// address of this database; it is empty at first. */
  readonly url: string;
}

/** A PostgreSQL database for the calling test file (or describe block) alone, made before its tests and dropped after them. */
export function withDatabase(): TestDatabase {
  const name = uniqueName();
  beforeAll(() => administer(`create database "${name}"`));
  afterAll(() => administer(`drop database if exists "${name}" with (force)`));
  return {
    name,
    get url() {
      const url = serverUrl('DATABASE_URL');
      url.pathname = `/${name}`;
      return url.href;
    },
  };
}

async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl('DATABASE_URL').href, connectionTimeoutMillis: 30_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
