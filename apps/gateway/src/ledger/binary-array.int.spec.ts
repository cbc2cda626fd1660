import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { withDatabase } from '../../../../test/support/index.ts';
import { binaryArray } from './binary-array.ts';
import type { ColumnKind } from './binary-array.ts';
import { openPool } from './open-ledger.ts';

const database = withDatabase();
let pool: pg.Pool;
beforeAll(() => {
  pool = openPool({ url: database.url, poolSize: 1, statementTimeoutMs: 20_000, onConnectionLost: () => undefined });
});
afterAll(() => pool.end());

/** What the server holds of an array, in its own words. */
async function held(kind: ColumnKind, values: unknown): Promise<string[]> {
  const { rows } = await pool.query<{ value: string }>(`select value::text from unnest($1::${kind}[]) with ordinality as v(value, n) order by n`, [values]);
  return rows.map(({ value }) => value);
}

/** For each type, values and how they are written where nothing is binary. */
const SAME: readonly (readonly [ColumnKind, readonly unknown[], readonly (string | null)[]])[] = [
  ['text', ['', 'a"b\\c{,}', '收件 𠮷', 'NULL', null, undefined], ['', 'a"b\\c{,}', '收件 𠮷', 'NULL', null, null]],
  ['int', [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), null], ['0', '1', '-1', '2147483647', '-2147483648', null]],
  ['bigint', [0, -1, 2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER + 1], ['0', '-1', '4294967296', '-4294967297', '9007199254740991', '-9007199254740990']],
  ['boolean', [true, false, null], ['true', 'false', null]],
  ['jsonb', [{ 名: '值', n: 1 }, [], 'text', 0, null], ['{"n": 1, "名": "值"}', '[]', '"text"', '0', null]],
  ['bytea', [Buffer.alloc(0), Buffer.of(0, 255, 92), null], ['\\x', '\\x00ff5c', null]],
];

describe('an array in binary form', () => {
  it.each(SAME)('of %s is held as what it says', async (kind, values, texts) => {
    expect(await held(kind, binaryArray(values, kind))).toEqual(texts);
  });

  it.each(SAME.map(([kind]) => kind))('of %s may be empty', async (kind) => {
    expect(await held(kind, binaryArray([], kind))).toEqual([]);
  });

  it('of instants is to the microsecond what the server reads from the texts', async () => {
    const texts = [
      '2026-11-24T09:00:00+08:00', '2026-11-24T09:00:00.1Z', '2026-11-24T23:59:59.999-14:59', '2026-02-28T00:00:00.123456+14:00', '2026-11-24T09:00:00.123456789Z',
      '2026-12-31T23:59:59.9999999Z', '2026-11-24T09:00:00.0000005Z', '2026-11-24T09:00:00.0000015Z', '2026-11-24T09:00:00.0000025Z',
      '2026-11-24T09:00:00.1234565Z', '1900-01-01T00:00:00.000001Z', '1999-12-31T23:59:59.999999Z', '2099-12-31T23:59:59Z',
    ];
    expect(await held('timestamptz', binaryArray(texts, 'timestamptz'))).toEqual(await held('timestamptz', texts));
  });

  it('of dates is what the server reads from them', async () => {
    const dates = [new Date(0), new Date('1900-01-01T00:00:00.001Z'), new Date('2026-11-24T01:02:03.456Z')];
    expect(await held('timestamptz', binaryArray([...dates, null], 'timestamptz'))).toEqual([...await held('timestamptz', dates), null]);
  });

  it('refuses a text that no database holds, as it would in words', async () => {
    await expect(held('text', binaryArray(['a\0b'], 'text'))).rejects.toMatchObject({ code: '22021' });
  });
});
