import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { exported } from '../../evidence/exported.fixture.ts';
import { insertEvents } from '../../ledger/event-rows.ts';
import { sealJson } from '../../ledger/sealed-json.ts';
import { insertTransfers } from '../../ledger/transfer-rows.ts';
import type { Role } from '../../access/rights.ts';
import { anEvent, aTransfer, putCase } from '../ledger-rows.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsClient } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { BodyAnswer, RevealAnswer, RevealedAnswer } from './body.answer.ts';

const NAME = '测试甲乙丙';
const CERT_NO = '41020419900307151X';
const MOBILE = '13800005678';
const PLAIN = [NAME, CERT_NO, MOBILE];
const WHY = { reason: '申请人来电核对手机号', ticket: 'OPS-7' };

const database = withDatabase();
let bench: OpsBench;
let supervisor: OpsClient;
let eventSeq = 0;

beforeAll(async () => {
  bench = await openBench(database.url);
  supervisor = await bench.server.as('supervisor');
  const { db, keys } = bench;
  await putCase(db, 'B-1', {}, []);
  const applicant = { type: '1', name: NAME, certType: '111', certNo: CERT_NO, mobile: MOBILE };
  const [event] = await insertEvents(db, [anEvent('B-1', 'b-1', sealJson(keys, { specversion: '1.0', id: 'b-1', type: 'case.received', data: { itemCode: '725849853QT50024002', applicant } }))]);
  eventSeq = event?.seq ?? 0;
  await insertTransfers(db, [
    aTransfer('B-1', 'tr_b', eventSeq, { ...sealJson(keys, { kind: 'open', projectNo: 'B-1', application: { applicant } }), status: 'failed' }),
    aTransfer('B-1', 'tr_empty', eventSeq, { ordinal: 2, status: 'failed', sealed: null, key_version: null }),
    aTransfer('B-1', 'tr_locked', eventSeq, { ordinal: 3, status: 'failed', key_version: 99 }),
  ]);
});
afterAll(() => bench.close());

async function revealed(fields: string[], path = '/api/transfers/tr_b', client = supervisor): Promise<RevealAnswer> {
  const { status, body } = await client.post<RevealAnswer>(`${path}/reveal`, { ...WHY, fields });
  expect(status).toBe(200);
  return body;
}

interface Recorded { readonly action: string; readonly subject: string; readonly reason: string; readonly result: string; readonly facts: Record<string, unknown> }

async function lastRecord(): Promise<Recorded> {
  const { entry } = await bench.db.selectFrom('evidence').select('entry').orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow();
  return JSON.parse(entry) as Recorded;
}

describe('a body', () => {
  it('of a transfer or an event is shown masked, with what is masked, and the look is recorded', async () => {
    for (const [path, subject] of [['/api/transfers/tr_b/body', 'tr_b'], [`/api/events/${eventSeq}/body`, String(eventSeq)]] as const) {
      const { status, body, text } = await supervisor.get<BodyAnswer>(path);
      expect(status).toBe(200);
      expect(PLAIN.filter((plain) => text.includes(plain))).toEqual([]);
      expect(body).toMatchObject({ subject, projectNo: 'B-1', masked: expect.arrayContaining([expect.objectContaining({ class: 'certificate', classZh: '证件号码' })]) });
      expect(await lastRecord()).toMatchObject({ action: expect.stringMatching(/\.body-seen$/), subject, result: 'done' });
    }
  });

  it.each([
    ['/api/transfers/tr_none/body', 404, 'transfer-unknown'], ['/api/events/999999/body', 404, 'event-unknown'], ['/api/transfers/tr_empty/body', 404, 'body-unknown'],
    ['/api/transfers/tr_locked/body', 404, 'body-unknown'], ['/api/events/none/body', 422, 'query-broken'],
  ])('that cannot be shown is a problem: %s', async (path, status, code) => {
    expect((await supervisor.get<ProblemAnswer>(path)).body).toMatchObject({ status, code });
  });
});

describe('a reveal', () => {
  it('shows the fields that were asked for and no other, to who asked, and records who, why and what but no value', async () => {
    const { revealId, expiresAt } = await revealed(['application.applicant.mobile']);
    expect(await lastRecord()).toMatchObject({
      action: 'transfer.revealed', subject: 'tr_b', reason: WHY.reason, facts: { revealId, fields: ['application.applicant.mobile'], ticket: 'OPS-7' },
    });
    const { body, text } = await supervisor.get<RevealedAnswer>(`/api/reveals/${revealId}`);
    expect(body).toEqual({ subjectKind: 'transfer', subject: 'tr_b', expiresAt, fields: [{ path: 'application.applicant.mobile', value: MOBILE }] });
    expect(text).not.toContain(CERT_NO);
    expect(await lastRecord()).toMatchObject({ action: 'reveal.seen', subject: 'tr_b', result: 'done', facts: { revealId } });
  });

  it('works for events too', async () => {
    const { revealId } = await revealed(['data.applicant.name', 'data.applicant.certNo'], `/api/events/${eventSeq}`);
    expect((await supervisor.get<RevealedAnswer>(`/api/reveals/${revealId}`)).body.fields.map(({ value }) => value)).toEqual([NAME, CERT_NO]);
  });

  it('is not there for another person with the same rights, and the try is recorded', async () => {
    const { revealId } = await revealed(['application.applicant.mobile']);
    const other = await bench.server.as('supervisor');
    const { status, text } = await other.get(`/api/reveals/${revealId}`);
    expect(status).toBe(404);
    expect(text).not.toContain(MOBILE);
    expect(await lastRecord()).toMatchObject({ action: 'reveal.seen', result: 'refused' });
  });

  it('ends after ten minutes', async () => {
    const { revealId, expiresAt } = await revealed(['application.applicant.mobile']);
    const minutes = (Date.parse(expiresAt) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(9);
    expect(minutes).toBeLessThanOrEqual(10.1);
    await sql`update reveals set expires_at = now() - interval '1 second' where id = ${revealId}`.execute(bench.db);
    const { status, body, text } = await supervisor.get<ProblemAnswer>(`/api/reveals/${revealId}`);
    expect({ status, code: body.code }).toEqual({ status: 410, code: 'reveal-over' });
    expect(text).not.toContain(MOBILE);
  });

  it.each([
    ['no reason', { fields: ['application.applicant.mobile'] }],
    ['a reason that holds a number', { reason: `核对 ${CERT_NO}`, fields: ['application.applicant.mobile'] }],
    ['no field', { ...WHY, fields: [] }],
    ['a field that is not masked', { ...WHY, fields: ['projectNo'] }],
    ['a field that is not there', { ...WHY, fields: ['application.nobody'] }],
    ['a whole part', { ...WHY, fields: ['application.applicant'] }],
  ])('is refused for %s', async (_what, body) => {
    const before = await lastRecord();
    const { status, text } = await supervisor.post('/api/transfers/tr_b/reveal', body);
    expect(status).toBe(422);
    expect(PLAIN.filter((plain) => text.includes(plain))).toEqual([]);
    expect(await lastRecord()).toEqual(before);
  });

  it('that is asked for again with the same key is the same', async () => {
    const ask = (): Promise<{ body: RevealAnswer }> => supervisor.post<RevealAnswer>('/api/transfers/tr_b/reveal', { ...WHY, fields: ['application.applicant.name'] }, { 'idempotency-key': 'k-1' });
    expect((await ask()).body.revealId).toBe((await ask()).body.revealId);
  });
});

describe('rights', () => {
  const MAY: Record<Role, { see: number; reveal: number }> = {
    viewer: { see: 403, reveal: 403 }, operator: { see: 200, reveal: 403 }, supervisor: { see: 200, reveal: 200 }, auditor: { see: 403, reveal: 403 }, administrator: { see: 403, reveal: 403 },
  };
  it.each(Object.entries(MAY))('of a %s: %j', async (role, { see, reveal }) => {
    const client = await bench.server.as(role as Role);
    const { revealId } = await revealed(['application.applicant.mobile']);
    expect((await client.get('/api/transfers/tr_b/body')).status).toBe(see);
    expect((await client.get(`/api/events/${eventSeq}/body`)).status).toBe(see);
    expect((await client.post('/api/transfers/tr_b/reveal', { ...WHY, fields: ['application.applicant.mobile'] })).status).toBe(reveal);
    expect((await client.post(`/api/events/${eventSeq}/reveal`, { ...WHY, fields: ['data.applicant.mobile'] })).status).toBe(reveal);
    expect((await client.get(`/api/reveals/${revealId}`)).status).toBe(reveal === 200 ? 404 : 403);
  });
});

describe('what is kept of all this', () => {
  it('holds no value: neither the chain, nor its export, nor the list of actions, nor the reveals', async () => {
    const audit = await (await bench.server.as('auditor')).get('/api/audit?limit=200');
    const reveals = await sql<{ row: string }>`select r::text as row from reveals r`.execute(bench.db);
    const requests = await sql<{ row: string }>`select r::text as row from ops_requests r`.execute(bench.db);
    const text = [...await exported(bench.db), audit.text, ...[...reveals.rows, ...requests.rows].map(({ row }) => row)].join('\n');
    expect(text).toContain('transfer.revealed');
    expect(PLAIN.filter((plain) => text.includes(plain))).toEqual([]);
  });
});
