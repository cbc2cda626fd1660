import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GENESIS, linkHash, verifyCaseEvidence } from '#evidence';
import { sql } from 'kysely';
import { until, withDatabase } from '../../../../../test/support/index.ts';
import { verifyLines } from '../../evidence/exported.fixture.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { SealMessages } from '../../evidence/seal-messages.ts';
import { insertAttempts } from '../../ledger/attempt-rows.ts';
import { insertEvents } from '../../ledger/event-rows.ts';
import { insertRevision } from '../../ledger/revision-rows.ts';
import { sealJson } from '../../ledger/sealed-json.ts';
import { anAttempt, anEvent, putCase } from '../ledger-rows.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsClient } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { EvidenceHeadAnswer } from './head.answer.ts';

const PLAIN = ['测试甲乙丙', '41020419900307151X', '13800005678', '机密正文'];
const database = withDatabase();
let bench: OpsBench;
let auditor: OpsClient;

beforeAll(async () => {
  bench = await openBench(database.url);
  auditor = await bench.server.as('auditor');
  const sealed = sealJson(bench.keys, { name: PLAIN[0], certNo: PLAIN[1], mobile: PLAIN[2], body: PLAIN[3] });
  await putCase(bench.db, 'E-1', { ...sealed }, ['delivered']);
  await insertEvents(bench.db, [anEvent('E-1', 'e-2', { ...sealed, outcome: 'refused', outcome_zh: PLAIN.join() })]);
  await insertAttempts(bench.db, [anAttempt('tr_E-1_0', 1, { error_detail: PLAIN.join() })]);
  await new SealMessages(bench.db).run();
});
afterAll(() => bench.close());

const linesOf = (text: string): string[] => text.trimEnd().split('\n');

describe('an export of the chain', () => {
  it('is verified offline, holds every message recorded and the record of itself', async () => {
    const { status, text, headers } = await auditor.get('/api/evidence/export');
    expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: 'application/x-ndjson' });
    expect(await verifyLines(linesOf(text))).toMatchObject({ ok: true, entries: 3, rows: 3 });
    expect(text).toContain('evidence.exported');
  });

  it('goes on from where the last one ended, by the head that was noted', async () => {
    const { body: head } = await auditor.get<EvidenceHeadAnswer>('/api/evidence/head');
    const noted = { seq: head.seq, hash: head.hash };
    const { text } = await auditor.get(`/api/evidence/export?from=${head.seq + 1}`);
    expect(await verifyLines(linesOf(text), { expectedStart: noted })).toMatchObject({ ok: true, entries: 1 });
    const whole = await auditor.get('/api/evidence/export');
    expect(await verifyLines(linesOf(whole.text), { expectedHead: noted })).toMatchObject({ ok: true });
  });

  it('holds no body and nothing personal, and no free text of the messages', async () => {
    const { text } = await auditor.get('/api/evidence/export');
    expect(PLAIN.filter((plain) => text.includes(plain))).toEqual([]);
  });

  it('ends where it is told to, and refuses what is not there', async () => {
    expect(await verifyLines(linesOf((await auditor.get('/api/evidence/export?from=2&to=2')).text))).toMatchObject({ ok: true, entries: 1, head: { seq: 2 } });
    expect((await auditor.get('/api/evidence/export?from=99999')).status).toBe(422);
    expect((await auditor.get('/api/evidence/export?from=2&to=1')).status).toBe(422);
    expect((await auditor.get('/api/evidence/export?from=0')).status).toBe(422);
  });

  it('beyond two at a time is refused before it is recorded, and told when to come again', async () => {
    const recorded = async (): Promise<number> => (await bench.db.selectFrom('evidence').select('seq').where('action', '=', 'evidence.exported').execute()).length;
    const before = await recorded();
    const [held, hold] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const blocking = bench.db.transaction().execute(async (trx) => {
      await sql`lock table evidence in access exclusive mode`.execute(trx);
      held.resolve();
      await hold.promise;
    });
    await held.promise;
    const running = [auditor.get('/api/evidence/export'), auditor.get('/api/evidence/export')];
    const waiting = async (): Promise<boolean> => (await sql`select from pg_locks where relation = 'evidence'::regclass and not granted`.execute(bench.db)).rows.length === 2;
    await until(waiting, { within: 20_000, what: 'two exports at work' });
    const { status, body, headers } = await auditor.get<ProblemAnswer>('/api/evidence/export');
    const ofCase = await auditor.get<ProblemAnswer>('/api/cases/E-1/evidence');
    hold.resolve();
    await blocking;
    expect([ofCase.status, ofCase.body.code]).toEqual([429, 'exports-running']);
    expect({ status, code: body.code, retryAfter: headers.get('retry-after') }).toEqual({ status: 429, code: 'exports-running', retryAfter: '30' });
    expect((await Promise.all(running)).map((one) => one.status)).toEqual([200, 200]);
    expect(await recorded()).toBe(before + 2);
  });

  it('is for auditors alone, as are the head and the evidence of one case', async () => {
    for (const role of ['viewer', 'operator', 'supervisor', 'administrator'] as const) {
      const client = await bench.server.as(role);
      for (const path of ['/api/evidence/export', '/api/evidence/head', '/api/cases/E-1/evidence']) expect((await client.get(path)).status).toBe(403);
    }
  });
});

interface Line { readonly line?: string; readonly row?: string; readonly projectNo?: string; readonly transferId?: string; readonly action?: string; readonly subject?: string; readonly unsealed?: number }

describe('the evidence of one case', () => {
  const exportCase = async (projectNo = 'E-1'): Promise<string[]> => {
    const { status, text } = await auditor.get(`/api/cases/${projectNo}/evidence`);
    expect(status).toBe(200);
    return linesOf(text);
  };
  const read = (lines: readonly string[]): Line[] => lines.map((line) => JSON.parse(line) as Line);

  beforeAll(async () => {
    for (const other of ['E-2', 'E-3']) {
      await putCase(bench.db, other, {}, ['delivered', 'delivered']);
      await insertAttempts(bench.db, [anAttempt(`tr_${other}_0`, 1), anAttempt(`tr_${other}_1`, 1, { outcome: 'retryable' })]);
    }
    for (const outcome of ['retryable', 'delivered'] as const) await insertAttempts(bench.db, [anAttempt('tr_E-2_1', 2, { outcome })]);
    await insertRevision(bench.db, {
      transfer_id: 'tr_E-2_1', revision: 2, cause: 'edit', author: 'account:1', author_name: '测试甲', approver: null, approver_name: null, reason: '更正', ticket: null,
      changed_paths: '[]', attempts_before: 1, digest_before: null, digest_after: '9'.repeat(64), sealed: null, key_version: null,
    });
    await new SealMessages(bench.db).run();
    await bench.db.transaction().execute(async (trx) => {
      const did = { caller: { id: 'account:1', name: '测试甲', address: '127.0.0.1' }, reason: '对方已恢复', result: 'done' };
      await recordAction(trx, { ...did, action: 'transfer.replayed', subjectKind: 'transfer', subject: 'tr_E-2_1' });
      await recordAction(trx, { ...did, action: 'transfer.replayed', subjectKind: 'transfer', subject: 'tr_E-3_1' });
    });
  });

  it('holds its rows and what was done about it, nothing of other cases, and is verified offline and against the whole chain', async () => {
    const lines = await exportCase('E-2');
    const report = await verifyCaseEvidence(eachOf(lines));
    expect(report).toMatchObject({ ok: true, problems: [], projectNo: 'E-2', rows: 6, unsealed: 0 });
    expect(lines.join()).not.toMatch(/E-1|E-3/);
    expect(read(lines).flatMap(({ row, projectNo, transferId }) => (row === undefined ? [] : [[row, projectNo ?? transferId]]))).toEqual([
      ['events', 'E-2'], ['attempts', 'tr_E-2_0'], ['attempts', 'tr_E-2_1'], ['attempts', 'tr_E-2_1'], ['later-reports', 'tr_E-2_1'], ['revisions', 'tr_E-2_1'],
    ]);
    expect(read(lines).flatMap(({ action, subject }) => (action === undefined || action === 'messages.sealed' ? [] : [[action, subject]]))).toEqual([['transfer.replayed', 'tr_E-2_1'], ['case.evidence-exported', 'E-2']]);
    const whole = await auditor.get('/api/evidence/export');
    expect(await verifyLines(linesOf(whole.text), { expectedPlaces: report.places })).toMatchObject({ ok: true });
  });

  it('holds all rows of a range that was sealed before there were trees, and says how many of its rows are not under seal yet', async () => {
    await sql`create table kept_chain as select * from evidence`.execute(bench.db);
    await sql`alter table evidence disable trigger evidence_append_only`.execute(bench.db);
    let previous: Buffer = GENESIS;
    for (const { seq, entry } of await bench.db.selectFrom('evidence').select(['seq', 'entry']).orderBy('seq').execute()) {
      const old = entry.replace(/,"root":"[0-9a-f]+"/, '');
      const hash = linkHash(previous, old);
      await bench.db.updateTable('evidence').set({ entry: old, previous, hash }).where('seq', '=', seq).execute();
      previous = hash;
    }
    await insertEvents(bench.db, [anEvent('E-2', 'e-late')]);
    const lines = await exportCase('E-2');
    await sql`delete from evidence`.execute(bench.db);
    await sql`insert into evidence select * from kept_chain`.execute(bench.db);
    await sql`alter table evidence enable trigger evidence_append_only`.execute(bench.db);
    await sql`drop table kept_chain`.execute(bench.db);
    expect(await verifyCaseEvidence(eachOf(lines))).toMatchObject({ ok: true, problems: [], unsealed: 1 });
    expect(lines.join()).toContain('E-3');
  });

  it.each([
    ['a row of it that was changed', sql`update attempts set response_digest = repeat('1', 64) where transfer_id = 'tr_E-2_0'`, sql`update attempts set response_digest = repeat('0', 64) where transfer_id = 'tr_E-2_0'`],
    ['a row of another case in the same range that was changed', sql`update attempts set http_status = 418 where transfer_id = 'tr_E-3_0'`, sql`update attempts set http_status = 200 where transfer_id = 'tr_E-3_0'`],
  ])('shows what was done behind the ledger\'s back: %s', async (_what, change, back) => {
    await change.execute(bench.db);
    const lines = await exportCase('E-2');
    await back.execute(bench.db);
    expect((await verifyCaseEvidence(eachOf(lines))).problems.map(({ code }) => code)).toEqual(['rows']);
    expect(await verifyCaseEvidence(eachOf(await exportCase('E-2')))).toMatchObject({ ok: true });
  });

  it('is on record with the case, and shows on its timeline', async () => {
    await exportCase();
    const { body } = await auditor.get<{ timeline: { kind: string; actionZh?: string }[] }>('/api/cases/E-1');
    expect(body.timeline.at(-1)).toMatchObject({ kind: 'action', actionZh: '导出办件证据' });
  });

  it('holds no body and nothing personal; of a case that never was there is none', async () => {
    const text = (await exportCase()).join();
    expect(PLAIN.filter((plain) => text.includes(plain))).toEqual([]);
    const { status, body } = await auditor.get<ProblemAnswer>('/api/cases/E-9/evidence');
    expect([status, body.code]).toEqual([404, 'case-unknown']);
  });

  it('of a canary is what was done about it: its messages are not under seal, and none is said to be missing', async () => {
    const projectNo = 'CANARY-410204-1';
    await putCase(bench.db, projectNo, {}, ['delivered']);
    await insertEvents(bench.db, [anEvent('E-1', 'e-after-canary')]);
    await new SealMessages(bench.db).run();
    expect((await auditor.get(`/api/cases/${projectNo}/evidence`)).status).toBe(404);
    await bench.db.transaction().execute((trx) => recordAction(trx, { caller: { id: 'account:1', name: '测试甲', address: '127.0.0.1' }, action: 'transfer.replayed', subjectKind: 'transfer', subject: `tr_${projectNo}_0`, reason: '对方已恢复', result: 'done' }));
    expect(await verifyCaseEvidence(eachOf(await exportCase(projectNo)))).toMatchObject({ ok: true, problems: [], entries: 2, rows: 0, unsealed: 0 });
  });

  it('is not given as one file where there is too much of it, and nothing is on record then', async () => {
    await putCase(bench.db, 'E-4', {}, []);
    await sql`insert into events (source, event_id, type, party, order_key, project_no, data_version, occurred_at, door_at, digest, outcome, sealed, key_version)
      select '/centre', 'many-' || n, 'case.accepted', 'centre', 'E-4', 'E-4', 1, now(), now(), repeat('0', 64), 'applied', ''::bytea, 1 from generate_series(1, 1001) n`.execute(bench.db);
    const { status, body } = await auditor.get<ProblemAnswer>('/api/cases/E-4/evidence');
    expect([status, body.code, body.detailZh]).toEqual([409, 'case-evidence-too-large', expect.stringContaining('bridgectl evidence export')]);
    expect(await bench.db.selectFrom('evidence').select('seq').where('subject', '=', 'E-4').execute()).toEqual([]);
  });

  it('finds the range of a row by an index, however long the chain is', async () => {
    const rows = await bench.db.transaction().execute(async (trx) => {
      // In so short a chain the planner would take any way.
      await sql`set local enable_seqscan = off`.execute(trx);
      await sql`set local enable_sort = off`.execute(trx);
      return (await sql<{ 'QUERY PLAN': string }>`explain select seq from evidence where kind = 'messages' and subject_kind = 'events' and split_part(subject, '-', 1)::bigint <= 5
        order by split_part(subject, '-', 1)::bigint desc limit 1`.execute(trx)).rows;
    });
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('evidence_range_start');
  });
});

async function* eachOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
