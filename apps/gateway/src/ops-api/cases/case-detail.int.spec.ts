import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { insertAttempts } from '../../ledger/attempt-rows.ts';
import { upsertCases } from '../../ledger/case-rows.ts';
import { insertDeadLetters } from '../../ledger/dead-letter-rows.ts';
import { insertDoorRefusals } from '../../ledger/door-refusal-rows.ts';
import { insertDuplicates, insertEvents } from '../../ledger/event-rows.ts';
import { insertTransfers } from '../../ledger/transfer-rows.ts';
import { aCase, aDeadLetter, aDuplicate, anAttempt, anEvent, aRefusal, aTransfer } from '../ledger-rows.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { CaseDetailAnswer } from './case-detail.answer.ts';
import type { TimelineEntry } from './timeline.answer.ts';

const database = withDatabase();
let bench: OpsBench;

beforeAll(async () => {
  bench = await openBench(database.url);
  await tellStory();
});
afterAll(() => bench.close());

/**
 * Received; the first attempt at the centre fails by an adapter whose clock runs ten minutes fast; the second is delivered and the bridge
 * notes it; the acceptance overtakes nothing but a step that is refused; the receipt comes again; another case stands beside it.
 */
async function tellStory(): Promise<void> {
  const { db } = bench;
  await upsertCases(db, [
    aCase('T-1', { status: 'ACCEPTED', paper_due_at: '2026-11-01T00:00:00Z', hall_version: 2, centre_version: 3, accepted_at: '2026-11-20T06:00:00Z', transfer_count: 2 }),
    aCase('T-2'),
  ]);
  const seqs = await insertEvents(db, [
    anEvent('T-1', 'e-1', { occurred_at: '2026-11-20T03:00:00Z', door_at: '2026-11-20T03:00:01Z', sequence: 1 }),
    anEvent('T-1', 'e-2', { type: 'case.delivery.acknowledged', party: 'bridge', source: '/bridge', status_after: 'PENDING_ACCEPTANCE' }),
    anEvent('T-1', 'e-3', { type: 'case.accepted', party: 'centre', source: '/centre', status_after: 'ACCEPTED', trace_id: 'a'.repeat(32) }),
    anEvent('T-1', 'e-4', { type: 'case.completed', party: 'hall:410204', outcome: 'refused', outcome_code: 'not-your-event', outcome_zh: '大厅无权办结', status_after: null }),
    anEvent('T-1', 'e-5', { type: 'case.decided', party: 'centre', source: '/centre', outcome: 'parked', outcome_code: 'sequence-gap', outcome_zh: '等待前序事件', status_after: null }),
    anEvent('T-2', 'e-6'),
  ]);
  const [received = 0, , accepted = 0, , , other = 0] = seqs.map(({ seq }) => seq);
  await insertTransfers(db, [
    aTransfer('T-1', 'tr_open', received, { status: 'delivered', attempts: 2 }),
    aTransfer('T-1', 'tr_acceptance', accepted, { destination: 'hall:410204', kind: 'acceptance', ordinal: 2, status: 'held', attempts: 0, dispatched_at: null }),
    aTransfer('T-2', 'tr_other', other),
  ]);
  await insertAttempts(db, [
    anAttempt('tr_open', 1, { outcome: 'retryable', http_status: 503, error_code: 'http-503', error_detail: 'busy', started_at: '2026-11-20T03:10:05Z', finished_at: '2026-11-20T03:10:05.400Z', latency_ms: 400 }),
    anAttempt('tr_open', 2),
    anAttempt('tr_other', 1),
  ]);
  await insertDuplicates(db, [aDuplicate(received, { same_body: false })]);
  await insertDoorRefusals(db, [aRefusal('r-1', { projectNo: 'T-1' }), aRefusal('r-2', { projectNo: 'T-2' }), aRefusal('r-3', { projectNo: 'T-refused' })]);
  await insertDeadLetters(db, [aDeadLetter({ project_no: 'T-1' }), aDeadLetter({ project_no: 'T-2' })]);
  await setClock();
}

/** When the ledger recorded what. The receipt and its transfer are of one transaction, as are the second attempt and what the bridge noted. */
async function setClock(): Promise<void> {
  const { db } = bench;
  const set = async (table: string, column: string, where: string, time: string): Promise<void> => {
    await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${`2026-11-20T${time}Z`}::timestamptz where ${sql.raw(where)}`.execute(db);
  };
  await set('events', 'recorded_at', "event_id = 'e-1'", '03:00:02');
  await set('transfers', 'created_at', "id = 'tr_open'", '03:00:02');
  await sql`update transfers set delivered_at = '2026-11-20T03:00:09.5Z' where id = 'tr_open'`.execute(db);
  await set('attempts', 'recorded_at', "transfer_id = 'tr_open' and attempt = 1", '03:00:06');
  await set('attempts', 'recorded_at', "transfer_id = 'tr_open' and attempt = 2", '03:00:10');
  await set('events', 'recorded_at', "event_id = 'e-2'", '03:00:10');
  await set('suppressed_duplicates', 'recorded_at', 'true', '05:00:01');
  await set('events', 'recorded_at', "event_id = 'e-3'", '06:00:00');
  await set('transfers', 'created_at', "id = 'tr_acceptance'", '06:00:00');
  await set('events', 'recorded_at', "event_id in ('e-4', 'e-5')", '06:00:00');
  await set('door_refusals', 'recorded_at', "project_no = 'T-1'", '07:00:00');
  await set('dead_letters', 'received_at', "project_no = 'T-1'", '08:00:00');
}

function nameOf(entry: TimelineEntry): string {
  switch (entry.kind) {
    case 'event': return `${entry.typeZh} ${entry.eventId} ${entry.outcome}`;
    case 'duplicate': return `duplicate of ${entry.eventId}`;
    case 'transfer': return `${entry.transferKindZh} ${entry.transferId} ${entry.status}`;
    case 'attempt': return `attempt ${entry.attempt} of ${entry.transferId} ${entry.outcome}`;
    case 'refusal': return `refused ${entry.refusalId}`;
    case 'dead-letter': return `dead letter ${entry.code}`;
    case 'action': return `${entry.actionZh} ${entry.actor}`;
  }
}

const read = async (): Promise<CaseDetailAnswer> => (await bench.server.get<CaseDetailAnswer>('/api/cases/T-1')).body;

describe('GET /api/cases/{projectNo}', () => {
  it('tells the whole story of one case, and of no other, in the order of the ledger\'s own clock', async () => {
    expect((await read()).timeline.map(nameOf)).toEqual([
      '收件 e-1 applied',
      '收件 tr_open delivered',
      'attempt 1 of tr_open retryable',
      'attempt 2 of tr_open delivered',
      '送达确认 e-2 applied',
      'duplicate of e-1',
      '受理 e-3 applied',
      '受理 tr_acceptance held',
      '办结 e-4 refused',
      '审核决定 e-5 parked',
      'refused r-1',
      'dead letter unreadable',
    ]);
  });

  it('shows status in three dimensions and the facts', async () => {
    const { timeline: _timeline, ...facts } = await read();
    expect(facts).toMatchObject({
      status: 'ACCEPTED', statusZh: '已受理', deliveryStatus: 'QUEUED', deliveryStatusZh: '待投递',
      paperStatus: 'IN_HALL', paperStatusZh: '大厅保管', paperOverdue: true,
      hallVersion: 2, centreVersion: 3, approved: null, acceptedAt: '2026-11-20T14:00:00.000+08:00', timelineTruncated: false,
    });
  });

  it('shows an event with its sender, its three times and what became of it', async () => {
    const { timeline } = await read();
    expect(timeline[0]).toMatchObject({
      sender: 'hall:410204', senderZh: '鼓楼区政务服务大厅', sequence: 1,
      occurredAt: '2026-11-20T11:00:00.000+08:00', doorAt: '2026-11-20T11:00:01.000+08:00', recordedAt: '2026-11-20T11:00:02.000+08:00',
    });
    expect(timeline.find((entry) => entry.kind === 'event' && entry.outcome === 'refused')).toMatchObject({ code: 'not-your-event', reasonZh: '大厅无权办结', outcomeZh: '拒绝' });
    expect(timeline.find((entry) => entry.kind === 'duplicate')).toMatchObject({ sameBody: false, eventId: 'e-1' });
  });

  it('shows a transfer and each attempt with latency, outcome and the times of both sides', async () => {
    const { timeline } = await read();
    expect(timeline.find((entry) => entry.kind === 'transfer')).toMatchObject({
      transferId: 'tr_open', destinationZh: '市住房公积金管理中心', causedByEventId: 'e-1', causedByTypeZh: '收件', latencyMs: 7500,
      createdAt: '2026-11-20T11:00:02.000+08:00', deliveredAt: '2026-11-20T11:00:09.500+08:00',
    });
    expect(timeline.find((entry) => entry.kind === 'attempt')).toMatchObject({
      attempt: 1, outcome: 'retryable', outcomeZh: '暂时失败（会重试）', httpStatus: 503, errorCode: 'http-503', latencyMs: 400,
      startedAt: '2026-11-20T11:10:05.000+08:00', finishedAt: '2026-11-20T11:10:05.400+08:00', recordedAt: '2026-11-20T11:00:06.000+08:00',
    });
  });

  it('answers 404 in two languages when nothing was ever heard of the case', async () => {
    const { status, body, headers } = await bench.server.get<ProblemAnswer>('/api/cases/T-404');
    expect(status).toBe(404);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ code: 'case-unknown', status: 404, titleZh: '没有这个办件', detailZh: '本系统从未收到过该办件编号的任何事件。' });
  });

  it('says where to look when only refusals are known', async () => {
    const { status, body } = await bench.server.get<ProblemAnswer>('/api/cases/T-refused');
    expect(status).toBe(404);
    expect(body.detailZh).toContain('/api/refusals');
  });

  it('refuses what cannot be a project number', async () => {
    const { status, body } = await bench.server.get<ProblemAnswer>(`/api/cases/${encodeURIComponent("T-1' or 1=1")}`);
    expect(status).toBe(422);
    expect(body.errors).toEqual([expect.objectContaining({ field: 'projectNo' })]);
  });
});
