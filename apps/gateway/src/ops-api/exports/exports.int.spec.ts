import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { countFailures, failureGroupOf } from '../../failures/count-failures.ts';
import { putCase, recordedAt } from '../ledger-rows.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsClient } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';

const FAILURE = { destination: 'centre', kind: 'open', errorWord: 'permanent', errorCode: 'http-422', httpStatus: 422, errorDetail: '=1+1 号码 41020419900307151X' } as const;
const database = withDatabase();
let bench: OpsBench;
let op: OpsClient;
let group: string;

beforeAll(async () => {
  bench = await openBench(database.url);
  op = await bench.server.as('operator');
  for (let number = 1; number <= 7; number += 1) {
    await putCase(bench.db, `X-${number}`, { hall_code: number % 2 === 0 ? '410202' : '410204', item_name: '=HYPERLINK("x")' }, [number <= 3 ? 'failed' : 'delivered']);
    await recordedAt(bench.db, `X-${number}`, `2026-11-20T0${number}:00:00Z`);
  }
  const failure = { ...FAILURE, projectNo: 'X-1', at: new Date() };
  group = failureGroupOf(failure) ?? '';
  await bench.db.updateTable('transfers').set({
    failure_group: group, failed_at: new Date(), error_word: 'permanent', error_code: 'http-422', error_detail: FAILURE.errorDetail,
  }).where('status', '=', 'failed').execute();
  await bench.db.transaction().execute((trx) => countFailures(trx, [failure]));
});
afterAll(() => bench.close());

const linesOf = (text: string): string[] => text.replace('\uFEFF', '').trimEnd().split('\r\n');

describe('an export of a list', () => {
  it('holds what the list holds, masked, and begins with the mark that Excel needs', async () => {
    const { status, headers, text } = await op.get(`/api/exports/cases?q=${encodeURIComponent('厅:410204')}`);
    expect([status, headers.get('content-type'), headers.get('content-disposition')]).toEqual([200, 'text/csv; charset=utf-8; header=present', 'attachment; filename="cases.csv"']);
    const [heading, ...lines] = linesOf(text);
    expect(heading).toMatch(/^办件编号,大厅,/);
    expect(lines.map((line) => line.split(',')[0])).toEqual(['X-7', 'X-5', 'X-3', 'X-1', '#完']);
    expect(lines[0]).toContain('测**');
    expect(lines[0]).toContain(`"'=HYPERLINK(""x"")"`);
  });

  it('is cut at the rows that were asked for, and goes on with the cursor it names', async () => {
    const first = linesOf((await op.get('/api/exports/cases?rows=3')).text);
    const cursor = /cursor=(\S+?)"?$/.exec(first.at(-1) ?? '')?.[1] ?? '';
    const second = linesOf((await op.get(`/api/exports/cases?rows=100&cursor=${cursor}`)).text);
    expect([...first.slice(1, -1), ...second.slice(1, -1)].map((line) => line.split(',')[0])).toEqual(['X-7', 'X-6', 'X-5', 'X-4', 'X-3', 'X-2', 'X-1']);
    expect(second.at(-1)).toBe('#完,共 4 行');
  });

  it.each([
    ['/api/exports/transfers?status=failed', 3],
    [() => `/api/exports/failure-groups/${group}`, 3],
    [() => `/api/exports/failure-groups/${group}?rows=2`, 2],
  ])('%s has its rows, and neither a formula nor a person in them', async (path, count) => {
    const { status, text } = await op.get(typeof path === 'string' ? path : path());
    const [, ...lines] = linesOf(text);
    expect([status, lines.length]).toEqual([200, count + 1]);
    expect(text).not.toContain('41020419900307151X');
    expect(text).toContain("'=1+1 号码");
  });

  it('is on record with its filter before anything is given', async () => {
    await op.get('/api/exports/transfers?status=failed&rows=1');
    const { entry } = await bench.db.selectFrom('evidence').select('entry').where('subject_kind', '=', 'list').orderBy('seq', 'desc').executeTakeFirstOrThrow();
    expect(JSON.parse(entry)).toMatchObject({ action: 'list.exported', subject: 'transfers', facts: { query: { status: 'failed', rows: 1 } } });
  });

  it('is not given when it cannot be put on record', async () => {
    await sql`alter table evidence rename to evidence_away`.execute(bench.db);
    const answer = await op.get('/api/exports/transfers?status=failed').finally(() => sql`alter table evidence_away rename to evidence`.execute(bench.db));
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.text).not.toContain('X-1');
  });

  it.each(['/api/exports/cases', '/api/evidence/export'])('gives nobody the head alone: HEAD %s is refused, and nothing is on record', async (path) => {
    const who = await bench.server.as('operator', 'auditor');
    const exported = async (): Promise<number> => (await bench.db.selectFrom('evidence').select('seq').where('action', 'in', ['list.exported', 'evidence.exported']).execute()).length;
    const before = await exported();
    const { status, headers } = await who.send('HEAD', path);
    expect([status, headers.get('allow'), headers.get('content-type'), await exported()]).toEqual([405, 'GET', 'application/problem+json; charset=utf-8', before]);
    expect((await who.get(path)).status).toBe(200);
    expect(await exported()).toBe(before + 1);
  });

  it.each([
    ['/api/exports/cases?limit=5', 422], ['/api/exports/cases?rows=100001', 422], ['/api/exports/cases?q=41020419900307151X', 422], ['/api/exports/cases?cursor=x', 422],
    ['/api/exports/failure-groups/fg_000000000000000000000000', 404], ['/api/exports/operations/op_unknown', 404],
  ])('%s is a problem (%i), not a broken file', async (path, status) => {
    const answer = await op.get<ProblemAnswer>(path);
    expect([answer.status, typeof answer.body.detailZh]).toEqual([status, 'string']);
    expect(answer.text).not.toContain('41020419900307151X');
  });
});
