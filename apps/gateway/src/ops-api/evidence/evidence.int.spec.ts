import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../../test/support/index.ts';
import { verifyLines } from '../../evidence/exported.fixture.ts';
import { SealMessages } from '../../evidence/seal-messages.ts';
import { insertAttempts } from '../../ledger/attempt-rows.ts';
import { insertEvents } from '../../ledger/event-rows.ts';
import { sealJson } from '../../ledger/sealed-json.ts';
import { anAttempt, anEvent, putCase } from '../ledger-rows.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsClient } from '../ops-server.fixture.ts';
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

  it('is for auditors alone, as is the head', async () => {
    for (const role of ['viewer', 'operator', 'supervisor', 'administrator'] as const) {
      const client = await bench.server.as(role);
      expect([(await client.get('/api/evidence/export')).status, (await client.get('/api/evidence/head')).status]).toEqual([403, 403]);
    }
  });
});
