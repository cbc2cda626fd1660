import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../test/support/index.ts';
import { applicantIndex, maskedName } from '../cases/applicant.ts';
import { insertAttempts } from '../ledger/attempt-rows.ts';
import { upsertCases } from '../ledger/case-rows.ts';
import { insertDeadLetters } from '../ledger/dead-letter-rows.ts';
import { insertDoorRefusals } from '../ledger/door-refusal-rows.ts';
import { insertDuplicates, insertEvents } from '../ledger/event-rows.ts';
import { sealJson } from '../ledger/sealed-json.ts';
import { insertTransfers } from '../ledger/transfer-rows.ts';
import { aCase, aDeadLetter, aDuplicate, anAttempt, anEvent, aRefusal, aTransfer } from './ledger-rows.fixture.ts';
import { openBench } from './ops-bench.fixture.ts';
import type { OpsBench } from './ops-bench.fixture.ts';

const NAME = '测试甲乙丙';
const CERT_NO = '41020419900307151X';
const MOBILE = '13800005678';
const ACCOUNT = '6222020200012345678';
const BODY = '机密正文第一段';
const PLAIN = [NAME, CERT_NO, MOBILE, ACCOUNT, BODY];
const SENTENCE = `收款账号 ${ACCOUNT} 与证件 ${CERT_NO}、手机 ${MOBILE} 不符`;

const database = withDatabase();
let bench: OpsBench;

/** Plain data in every place where it may lawfully lie (sealed) and in every place where a careless writer could have left it. */
beforeAll(async () => {
  bench = await openBench(database.url);
  const { db, keys } = bench;
  const sealed = sealJson(keys, { name: NAME, certNo: CERT_NO, mobile: MOBILE, account: ACCOUNT, body: BODY });
  const plain = Buffer.from(JSON.stringify({ name: NAME, certNo: CERT_NO, body: BODY }));
  await upsertCases(db, [aCase('M-1', {
    ...sealed, applicant_masked: maskedName({ type: '1', name: NAME }), applicant_index: applicantIndex(keys, '111', CERT_NO), facts: { applicant: NAME, certNo: CERT_NO },
  })]);
  const [event] = await insertEvents(db, [
    anEvent('M-1', 'm-1', sealed),
    anEvent('M-1', 'm-2', { ...sealed, outcome: 'refused', outcome_code: 'no-grant', outcome_zh: SENTENCE }),
    anEvent('M-1', 'm-3', { ...sealed, outcome: 'parked', outcome_code: 'sequence-gap', outcome_zh: SENTENCE }),
  ]);
  const seq = event?.seq ?? 0;
  await insertDuplicates(db, [aDuplicate(seq)]);
  await insertTransfers(db, [aTransfer('M-1', 'tr_m', seq, { ...sealed, status: 'failed', error_word: 'permanent', error_code: 'http-422', error_detail: SENTENCE })]);
  await insertAttempts(db, [anAttempt('tr_m', 1, { outcome: 'permanent', http_status: 422, error_code: 'http-422', error_detail: SENTENCE })]);
  const problems = [{ field: 'data.applicant.certNo', rule: 'gb11643', zh: `校验位不对：${CERT_NO}`, en: `wrong check digit in ${CERT_NO}` }];
  await insertDoorRefusals(db, [
    aRefusal('m-r1', { projectNo: 'M-1', problems }),
    aRefusal('m-r2', { path: `/v1/outcome-events?name=${NAME}&id=${CERT_NO}`, eventId: CERT_NO, eventType: NAME, projectNo: NAME, keyId: MOBILE, party: null, bodyDigest: BODY }),
  ]);
  await insertDeadLetters(db, [
    aDeadLetter({ project_no: 'M-1', reason: SENTENCE, raw: plain, headers: { note: NAME }, message_id: NAME, type: MOBILE }),
    aDeadLetter({ project_no: NAME, raw: plain }),
  ]);
});
afterAll(() => bench.close());

describe('whatever lies in the ledger', () => {
  it.each([
    '/api/cases', '/api/cases/M-1', '/api/transfers', '/api/refusals', '/api/waiting-events', '/api/dead-letters', '/api/summary?from=2026-01-01', '/metrics',
  ])('%s shows no name, certificate number, phone, account or body', async (path) => {
    const { status, text } = await bench.server.get(path);
    expect(status).toBe(200);
    expect(PLAIN.filter((plain) => text.includes(plain))).toEqual([]);
  });

  it('and a search by certificate number shows the case but not the number', async () => {
    const operator = await bench.server.as('operator');
    const { text } = await operator.post('/api/cases/search-by-identity', { certNo: CERT_NO, reason: '来电查询' });
    expect(text).toContain('"projectNo":"M-1"');
    expect(text).toContain('"applicant":"测**"');
    expect(PLAIN.filter((plain) => text.includes(plain))).toEqual([]);
  });

  it('still says enough: the sentence is readable, the numbers end in their last four digits', async () => {
    const { text } = await bench.server.get('/api/cases/M-1');
    expect(text).toContain('与证件 **************151X、手机 *******5678 不符');
  });

  it('and the cursors carry none of it', async () => {
    const { body } = await bench.server.get<{ nextCursor: string | null }>('/api/refusals?limit=1');
    const cursor = Buffer.from(body.nextCursor ?? '', 'base64url').toString();
    expect(cursor).toMatch(/^\[\d+,\d+\]$/);
  });
});
