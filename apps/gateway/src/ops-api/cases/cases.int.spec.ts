import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { applicantIndex } from '../../cases/applicant.ts';
import { putCase, recordedAt } from '../ledger-rows.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsClient } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { SessionAnswer } from '../session/session.answer.ts';
import type { CasePage } from './case.answer.ts';

const database = withDatabase();
let bench: OpsBench;

beforeAll(async () => {
  bench = await openBench(database.url);
});
afterAll(() => bench.close());

async function find(query: string): Promise<string[]> {
  const { status, body } = await bench.server.get<CasePage>(`/api/cases?${query}`);
  expect(status).toBe(200);
  return body.items.map(({ projectNo }) => projectNo).sort();
}

const searching = (text: string): string => `q=${encodeURIComponent(text)}`;

describe('GET /api/cases', () => {
  describe('filters', () => {
    beforeAll(async () => {
      const { db } = bench;
      await putCase(db, 'F-1', { hall_code: '410202', status: 'ACCEPTED' }, ['delivered', 'delivered']);
      await putCase(db, 'F-2', { hall_code: '410203', status: 'ACCEPTED', item_code: '725849853QT48863001' }, ['failed', 'held']);
      await putCase(db, 'F-3', { hall_code: '410202', status: 'COMPLETED' }, ['delivered', 'in_flight', 'held']);
      await putCase(db, 'F-4', { hall_code: '410205' }, ['held']);
      await putCase(db, 'F-5', { hall_code: '410205' }, ['delivered', 'discarded']);
      await putCase(db, 'G-6', { hall_code: '410205' }, []);
      await putCase(db, 'F-7', { hall_code: '410205' }, ['retry_wait']);
      for (const number of [1, 2, 3, 4, 5, 7]) await recordedAt(db, `F-${number}`, `2026-11-0${number}T16:00:00Z`);
      await recordedAt(db, 'G-6', '2026-11-06T15:59:59.999999Z');
    });

    it.each([
      ['hall=410202', ['F-1', 'F-3']],
      ['status=ACCEPTED', ['F-1', 'F-2']],
      ['hall=410202&status=ACCEPTED', ['F-1']],
      ['item=725849853QT48863001', ['F-2']],
      ['q=F-', ['F-1', 'F-2', 'F-3', 'F-4', 'F-5', 'F-7']],
      ['q=F-3', ['F-3']],
      ['deliveryStatus=ACKED', ['F-1']],
      ['deliveryStatus=FAILED', ['F-2']],
      ['deliveryStatus=SENT', ['F-3', 'F-7']],
      ['deliveryStatus=QUEUED', ['F-4']],
      ['deliveryStatus=DEAD', ['F-5']],
      ['deliveryStatus=NONE', ['G-6']],
      ['from=2026-11-06', ['F-5', 'F-7', 'G-6']],
      ['to=2026-11-02', ['F-1']],
      ['from=2026-11-06&to=2026-11-06', ['F-5', 'G-6']],
      ['from=2026-11-02T16:00:00Z&to=2026-11-03T16:00:00Z', ['F-2']],
      ['hall=410299', []],
      [searching('厅:410202 状态:已受理'), ['F-1']],
      [searching('状态:失败'), ['F-2']],
      [searching('-厅:410202,410203 -投递:待投递,无需投递'), ['F-5', 'F-7']],
      [searching('投递:投递失败,待投递,无需投递'), ['F-2', 'F-4', 'G-6']],
      [searching('状态:已受理,已办结 时间:2026-11-03..2026-11-04'), ['F-2', 'F-3']],
      [searching('事件:收件 F-'), ['F-1', 'F-2', 'F-3', 'F-4', 'F-5', 'F-7']],
      [searching('事件:作废'), []],
      [`status=ACCEPTED&${searching('厅:410202')}`, ['F-1']],
    ])('%s finds just the cases it says', async (query, found) => {
      expect(await find(query)).toEqual(found);
    });

    it.each(['ACKED', 'FAILED', 'SENT', 'QUEUED', 'DEAD', 'NONE'])('shows the delivery status %s exactly where that filter finds it', async (word) => {
      const { body } = await bench.server.get<CasePage>('/api/cases?limit=200');
      const shown = body.items.filter(({ deliveryStatus }) => deliveryStatus === word).map(({ projectNo }) => projectNo).sort();
      expect(shown).toEqual(await find(`deliveryStatus=${word}`));
    });
  });

  describe('paging', () => {
    const numbers = Array.from({ length: 23 }, (_, index) => `P-${String(index).padStart(2, '0')}`);

    beforeAll(async () => {
      for (const projectNo of numbers) await putCase(bench.db, projectNo, { hall_code: '410212' });
      // All in one millisecond, three to a microsecond: what a busy batch looks like, and what a cursor in milliseconds would trip over.
      for (const [index, projectNo] of numbers.entries()) {
        await recordedAt(bench.db, projectNo, `2026-11-10T08:00:00.500${String(Math.floor(index / 3)).padStart(3, '0')}Z`);
      }
    });

    it('never skips or repeats a case while others are added and changed', async () => {
      const seen: string[] = [];
      let cursor: string | null = null;
      let page = 0;
      do {
        const { body }: { body: CasePage } = await bench.server.get<CasePage>(`/api/cases?hall=410212&limit=4${cursor === null ? '' : `&cursor=${cursor}`}`);
        seen.push(...body.items.map(({ projectNo }) => projectNo));
        cursor = body.nextCursor;
        page += 1;
        await putCase(bench.db, `P-new-${page}`, { hall_code: '410212' });
        await bench.db.updateTable('cases').set({ status: 'ACCEPTED', updated_at: new Date() }).where('project_no', '=', `P-0${page}`).execute();
      } while (cursor !== null);
      expect(seen).toEqual([...numbers].reverse());
      expect(page).toBe(6);
    });

    it('gives 50 unless told, 200 at most, and no cursor on the last page', async () => {
      const { body } = await bench.server.get<CasePage>('/api/cases?limit=200');
      expect(body.nextCursor).toBeNull();
      expect((await bench.server.get('/api/cases?limit=201')).status).toBe(422);
      expect((await bench.server.get('/api/cases?limit=0')).status).toBe(422);
    });

    it.each(['bm90LWpzb24', Buffer.from('["2026-99-99T00:00:00.000000Z","x"]').toString('base64url'), Buffer.from('[1]').toString('base64url')])(
      'refuses the cursor %s, which it never gave', async (cursor) => {
        const { status, body } = await bench.server.get<ProblemAnswer>(`/api/cases?cursor=${cursor}`);
        expect(status).toBe(422);
        expect(body.errors.map(({ field }) => field)).toEqual(['cursor']);
      },
    );
  });

  describe('by certificate number', () => {
    const CERT_NO = '41020419900307151X';
    const reason = '申请人来电查询';
    let operator: OpsClient;

    beforeAll(async () => {
      operator = await bench.server.as('operator');
      await putCase(bench.db, 'I-1', { applicant_index: applicantIndex(bench.keys, '111', CERT_NO) });
      await putCase(bench.db, 'I-2', { applicant_index: applicantIndex(bench.keys, '414', CERT_NO) });
      await putCase(bench.db, 'I-3', { applicant_index: applicantIndex(bench.keys, '111', '410204199003071528') });
    });

    const search = async (body: object): Promise<string[]> =>
      (await operator.post<CasePage>('/api/cases/search-by-identity', { reason, ...body })).body.items.map(({ projectNo }) => projectNo).sort();

    it('finds a person by the blind index, whatever the type of certificate', async () => {
      expect(await search({ certNo: CERT_NO })).toEqual(['I-1', 'I-2']);
      expect(await search({ certNo: CERT_NO.toLowerCase() })).toEqual(['I-1', 'I-2']);
    });

    it('narrows to one type of certificate, and pages', async () => {
      expect(await search({ certNo: CERT_NO, certType: '414' })).toEqual(['I-2']);
      const { body } = await operator.post<CasePage>('/api/cases/search-by-identity', { reason, certNo: CERT_NO, limit: 1 });
      expect(await search({ certNo: CERT_NO, limit: 1, cursor: body.nextCursor })).not.toEqual(body.items.map(({ projectNo }) => projectNo));
    });

    it('is not for whoever only looks, nor for the OPS_TOKEN', async () => {
      for (const client of [bench.server, await bench.server.as('viewer'), await bench.server.as('auditor'), await bench.server.as('administrator')]) {
        expect((await client.post('/api/cases/search-by-identity', { certNo: CERT_NO, reason })).status).toBe(403);
      }
    });

    it('is recorded each time: who, why, how many, and which person only by a keyed index', async () => {
      const asker = await bench.server.as('operator');
      const { body: { person } } = await asker.get<SessionAnswer>('/api/session');
      await asker.post('/api/cases/search-by-identity', { certNo: CERT_NO, reason });
      await asker.post('/api/cases/search-by-identity', { certNo: CERT_NO.toLowerCase(), certType: '111', reason });
      await asker.post('/api/cases/search-by-identity', { certNo: '410204198001010010', certType: '111', reason });
      const { rows } = await sql<{ entry: string }>`
        select entry from evidence where action = 'case.searched-by-identity' and actor in (select 'token:' || id from api_tokens where 'account:' || account_id = ${person}) order by seq`.execute(bench.db);
      const entries = rows.map(({ entry }) => JSON.parse(entry) as { reason: string; address: string; subject: string; facts: object });
      expect(entries).toMatchObject([
        { reason, address: '127.0.0.1', facts: { hits: 2, more: false, certType: null } }, { reason, facts: { hits: 1, certType: '111' } }, { reason, facts: { hits: 0, certType: '111' } },
      ]);
      expect(entries.map(({ subject }) => subject === entries[0]?.subject)).toEqual([true, true, false]);
      expect(rows.filter(({ entry }) => entry.toUpperCase().includes(CERT_NO) || entry.includes('410204198001010010'))).toEqual([]);
    });

    it('refuses a number in the URL and does not repeat it', async () => {
      const { status, text, body } = await bench.server.get<ProblemAnswer>(`/api/cases?q=${CERT_NO}`);
      expect(status).toBe(422);
      expect(body.errors).toEqual([expect.objectContaining({ field: 'q', rule: 'notPersonal' })]);
      expect(text).not.toContain(CERT_NO);
    });

    it('refuses a search text that says again what a parameter says, or that cannot be read', async () => {
      const problems = await Promise.all(['hall=410202&q=%E5%8E%85:410203', 'q=colour:red', `q=${'x'.repeat(401)}`].map((query) => bench.server.get<ProblemAnswer>(`/api/cases?${query}`)));
      expect(problems.map(({ status, body }) => [status, body.errors.map(({ field }) => field)])).toEqual([[422, ['q']], [422, ['q']], [422, ['q']]]);
    });

    it('says what is wrong with a body, without repeating it', async () => {
      const { status, body, text } = await operator.post<ProblemAnswer>('/api/cases/search-by-identity', { certNo: '1 2;drop', name: '测试甲' });
      expect(status).toBe(422);
      expect(body.errors.map(({ field }) => field).sort()).toEqual(['certNo', 'name', 'reason']);
      expect(text).not.toContain('测试甲');
    });
  });
});
