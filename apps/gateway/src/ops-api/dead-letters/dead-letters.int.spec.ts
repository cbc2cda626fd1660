import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BusPublisher, IncomingMessage, RawMessage } from '#bus';
import { EXCHANGES, QUEUES } from '#contracts';
import { createLogger } from '#runtime';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { AcknowledgeRecorded } from '../../cases/acknowledge-recorded.ts';
import { eventOf, newProjectNo } from '../../case-events.fixture.ts';
import { insertDeadLetters } from '../../ledger/dead-letter-rows.ts';
import type { NewDeadLetter } from '../../ledger/dead-letter-rows.ts';
import { insertTransfers } from '../../ledger/transfer-rows.ts';
import { DeadLetterConsumer } from '../../reports/dead-letter.consumer.ts';
import { SendLetters } from '../../reports/send-letters.ts';
import { aDeadLetter, aTransfer, putCase } from '../ledger-rows.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsAnswer, OpsClient } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { DeadLetterActionAnswer, DeadLetterBodyAnswer, DeadLetterDetailAnswer } from './dead-letter-detail.answer.ts';
import type { DeadLetterPage } from './dead-letter.answer.ts';

const WHY = { reason: '已排除原因' };
const database = withDatabase();
const logger = createLogger('test', { level: 'silent' });
let bench: OpsBench;
let op: OpsClient;
let boss: OpsClient;
beforeAll(async () => {
  bench = await openBench(database.url);
  [op, boss] = [await bench.server.as('operator'), await bench.server.as('supervisor')];
});
afterAll(() => bench.close());
beforeEach(async () => {
  await sql`truncate dead_letters cascade`.execute(bench.db);
  (bench.server.letters as RawMessage[]).splice(0);
});

/** A letter that carries this body, sealed as the doors seal it. */
async function letterWith(body: unknown, given: Partial<NewDeadLetter> = {}): Promise<number> {
  const { version, bytes } = bench.keys.seal(Buffer.from(JSON.stringify(body)));
  return letter({ raw: bytes, headers: { 'x-key-version': String(version), 'x-party': 'hall:410204', 'x-door-at': '2026-11-23T09:30:01.000+08:00', 'x-digest': 'd', 'x-dead-code': 'apply-failed' }, ...given });
}
async function letter(given: Partial<NewDeadLetter>): Promise<number> {
  await insertDeadLetters(bench.db, [aDeadLetter(given)]);
  return (await bench.db.selectFrom('dead_letters').select(sql<number>`max(seq)`.as('seq')).executeTakeFirstOrThrow()).seq;
}
async function anEventLetter(): Promise<{ seq: number; event: ReturnType<typeof eventOf<'case.received'>> }> {
  const event = eventOf('case.received', { subject: newProjectNo() });
  return { event, seq: await letterWith(event, { message_id: `${event.source}#${event.id}` }) };
}
const act = <T = DeadLetterActionAnswer>(seq: number, verb: string, body: object = WHY, who = boss, headers = {}): Promise<OpsAnswer<T>> => who.post<T>(`/api/dead-letters/${seq}/${verb}`, body, headers);
const detail = async (seq: number): Promise<DeadLetterDetailAnswer> => (await op.get<DeadLetterDetailAnswer>(`/api/dead-letters/${seq}`)).body;
const bodyOf = async (seq: number): Promise<DeadLetterBodyAnswer> => (await op.get<DeadLetterBodyAnswer>(`/api/dead-letters/${seq}/body`)).body;
const actions = async (): Promise<string[]> => (await bench.db.selectFrom('evidence').select('action').where('subject_kind', '=', 'dead-letter').orderBy('seq').execute()).map(({ action }) => action);

describe('GET /api/dead-letters/{id}/body', () => {
  it('shows the bytes as they lie there and the message masked, and keeps a record of who looked', async () => {
    const { seq, event } = await anEventLetter();
    const seen = await bodyOf(seq);
    expect(seen).toMatchObject({ sealed: true, bytesMasked: false, truncated: false, decodeError: null, decoded: { id: event.id, type: 'case.received', data: { itemCode: event.data.itemCode } } });
    const text = JSON.stringify(seen);
    for (const personal of [event.data.applicant.name, event.data.applicant.certNo, event.data.operator.name]) expect(text).not.toContain(personal);
    expect(Buffer.from(seen.base64, 'base64').length).toBe(seen.bodyBytes);
    expect(seen.hex.split('\n')[0]).toMatch(/^00000000 {2}([0-9a-f]{2} ){15}[0-9a-f]{2} {2}/);
    expect(await actions()).toEqual(expect.arrayContaining(['dead-letter.body-seen']));
  });

  it.each([
    ['JSON in clear', JSON.stringify({ name: '张测试', certNo: '41020419900307151X', kind: 'open' })],
    ['text in clear', '张测试 41020419900307151X tel 13800138000'],
  ])('shows no personal value of %s, in no form', async (_what, raw) => {
    const seen = await bodyOf(await letter({ raw: Buffer.from(raw) }));
    expect(seen).toMatchObject({ sealed: false, bytesMasked: true });
    const everything = [JSON.stringify(seen), Buffer.from(seen.base64, 'base64').toString('utf8')].join('\n');
    for (const personal of ['张测试', '41020419900307151X', '13800138000', '9900307']) expect(everything).not.toContain(personal);
    expect(seen.hex).not.toContain(Buffer.from('张测试').toString('hex').match(/../g)?.join(' ') ?? '');
  });

  it('says why it does not open, and bounds what it shows', async () => {
    const raw = Buffer.alloc(40_000, 0xe7);
    expect(await bodyOf(await letter({ raw, headers: { 'x-key-version': '9' } }))).toMatchObject({ decoded: null, decodeError: 'does-not-open', truncated: true, bodyBytes: 40_000 });
  });
});

describe('a replay', () => {
  it('gives the very bytes back to the queue they came from, alone, under the same id, without the marks of its death', async () => {
    const { seq, event } = await anEventLetter();
    const { raw } = await bench.db.selectFrom('dead_letters').select('raw').executeTakeFirstOrThrow();
    expect((await act(seq, 'replay', WHY, op)).body).toEqual({ outcome: 'replayed', outcomeZh: '已重放', deadLetterId: seq });
    const [sent] = bench.server.letters;
    expect(sent).toMatchObject({ exchange: EXCHANGES.events, routingKey: 'intake', properties: { messageId: `${event.source}#${event.id}`, headers: { 'x-letter': String(seq), 'x-republished': 'dead-letter', 'x-party': 'hall:410204' } } });
    expect(sent?.content.equals(raw)).toBe(true);
    expect(Object.keys((sent?.properties.headers ?? {}) as Record<string, string>).filter((name) => name.startsWith('x-dead-'))).toEqual([]);
    expect(await detail(seq)).toMatchObject({ status: 'replayed', actedWhy: '已排除原因', queuePurpose: expect.any(String) });
    expect((await actions()).at(-1)).toBe('dead-letter.replayed');
  });

  it('happens once, however many ask at the same time, and the others are told', async () => {
    const { seq } = await anEventLetter();
    const answers = await Promise.all([act(seq, 'replay'), act(seq, 'replay'), act(seq, 'discard'), act(seq, 'replay')]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(3);
    expect(bench.server.letters.length).toBe((await detail(seq)).status === 'discarded' ? 0 : 1);
    expect((await act<ProblemAnswer>(seq, 'replay')).body).toMatchObject({ code: 'letter-not-open' });
  });

  it('is answered again as the first time under the same key, and sent once', async () => {
    const { seq } = await anEventLetter();
    const key = { 'idempotency-key': `k-${newProjectNo()}` };
    expect((await act(seq, 'replay', WHY, boss, key)).body).toEqual((await act(seq, 'replay', WHY, boss, key)).body);
    expect(bench.server.letters).toHaveLength(1);
  });

  it('that a crash cut off before the broker confirmed is finished later, by one of several gateways', async () => {
    const { seq } = await anEventLetter();
    await bench.db.updateTable('dead_letters').set({ status: 'replaying', sent_at: new Date(Date.now() - 60_000) }).execute();
    const sent: RawMessage[] = [];
    const publisher = { ready: true, publishAlone: (message: RawMessage) => { sent.push(message); return Promise.resolve(); } } as unknown as BusPublisher;
    const gateways = Array.from({ length: 3 }, () => new SendLetters(bench.db, publisher, logger));
    expect((await Promise.all(gateways.map((one) => one.finish(10)))).sort()).toEqual([0, 0, 1]);
    expect(sent).toHaveLength(1);
    expect((await detail(seq)).status).toBe('replayed');
  });

  it('waits for the broker, and says that it does', async () => {
    const { seq } = await anEventLetter();
    await bench.db.updateTable('dead_letters').set({ status: 'replaying', sent_at: new Date(Date.now() - 60_000) }).execute();
    const away = { ready: true, publishAlone: () => Promise.reject(new Error('away')) } as unknown as BusPublisher;
    expect(await new SendLetters(bench.db, away, logger).finish(10)).toBe(0);
    expect((await detail(seq)).status).toBe('replaying');
    expect((await act<ProblemAnswer>(seq, 'replay')).body).toMatchObject({ code: 'letter-not-open' });
  });

  it.each(['apply-failed', 'unreadable'])('that dies again of %s is a new letter of the same message, each time', async (code) => {
    const publisher = { ready: true } as unknown as BusPublisher;
    const acknowledge = new AcknowledgeRecorded({ publish: () => Promise.resolve() } as unknown as BusPublisher, logger);
    const collector = new DeadLetterConsumer(bench.db, publisher, acknowledge, logger);
    const { seq } = await anEventLetter();
    for (let life = 1; life <= 3; life += 1) {
      const [newest] = (await op.get<DeadLetterPage>('/api/dead-letters?status=open')).body.items;
      await act(newest?.deadLetterId ?? 0, 'replay');
      const sent = bench.server.letters.at(-1);
      const dying: IncomingMessage = {
        queue: 'gateway.dead-letters', messageId: String(sent?.properties.messageId), type: 'case.received', body: sent?.content, deliveryCount: 0, failures: 0,
        headers: { ...(sent?.properties.headers as Record<string, string>), 'x-dead-queue': QUEUES.intake, 'x-dead-app': 'gateway', 'x-dead-code': code, 'x-dead-exchange': EXCHANGES.events, 'x-dead-routing-key': 'intake' },
      };
      await collector.handle([dying]);
      await collector.handle([dying]);
    }
    expect((await detail(seq)).related.map(({ status }) => status)).toEqual(['open', 'replayed', 'replayed']);
  });

  it('of an order goes only while its attempt is the one that is out: else it could overtake a later one', async () => {
    const projectNo = newProjectNo();
    const eventSeq = await putCase(bench.db, projectNo, {}, []);
    await insertTransfers(bench.db, [aTransfer(projectNo, `tr_${projectNo}`, eventSeq, { status: 'in_flight', attempts: 2 })]);
    const orderLetter = (attempt: number): Promise<number> => letter({ queue: QUEUES.workItems, message_id: `tr_${projectNo}.${attempt}` });
    const [first, second] = [await orderLetter(1), await orderLetter(2)];
    expect((await act<ProblemAnswer>(first, 'replay')).body).toMatchObject({ status: 409, code: 'letter-superseded' });
    expect((await act(second, 'replay')).body).toMatchObject({ outcome: 'replayed' });
    expect(bench.server.letters).toMatchObject([{ routingKey: 'centre', properties: { headers: { 'x-resend': '1' } } }]);
    await bench.db.updateTable('transfers').set({ status: 'failed' }).where('id', '=', `tr_${projectNo}`).execute();
    expect((await act<ProblemAnswer>(await orderLetter(2), 'replay')).body).toMatchObject({ code: 'letter-superseded' });
  });

  it('is refused for a queue that there is no more', async () => {
    expect((await act<ProblemAnswer>(await letter({ queue: 'gateway.gone' }), 'replay')).body).toMatchObject({ status: 409, code: 'letter-not-sendable' });
  });
});

describe('a repair', () => {
  it('sends the corrected event with everything that was masked as it was, and keeps the original', async () => {
    const event = eventOf('case.received', { subject: newProjectNo() });
    const seq = await letterWith({ ...event, data: { ...event.data, itemCode: 'WRONG' } }, { message_id: `${event.source}#${event.id}` });
    const { raw } = await bench.db.selectFrom('dead_letters').select('raw').executeTakeFirstOrThrow();
    const shown = (await bodyOf(seq)).decoded as typeof event;
    const answer = await act(seq, 'repair', { ...WHY, body: { ...shown, data: { ...shown.data, itemCode: event.data.itemCode } } });
    expect(answer.body).toMatchObject({ outcome: 'repaired', outcomeZh: '已修正重发' });
    const [sent] = bench.server.letters;
    const headers = sent?.properties.headers as Record<string, string>;
    expect(JSON.parse(bench.keys.open(Number(headers['x-key-version']), sent?.content ?? Buffer.alloc(0)).toString('utf8'))).toEqual(event);
    expect(headers['x-digest']).toMatch(/^[0-9a-f]{64}$/);
    expect((await bench.db.selectFrom('dead_letters').select('raw').executeTakeFirstOrThrow()).raw.equals(raw)).toBe(true);
    expect((await actions()).at(-1)).toBe('dead-letter.repaired');
  });

  it.each([
    ['a broken field', (event: object) => ({ ...event, time: 'yesterday' }), 'time'],
    ['another id', (event: object) => ({ ...event, id: 'evt-other' }), 'id'],
    ['a masked value that was moved', (event: { data: object }) => ({ ...event, data: { ...event.data, itemName: '测***' } }), 'data.itemName'],
  ])('is refused for %s, by the field, and nothing is sent', async (_what, change, field) => {
    const { seq, event } = await anEventLetter();
    const answer = await act<ProblemAnswer>(seq, 'repair', { ...WHY, body: change(event) });
    expect(answer.body).toMatchObject({ status: 422, code: 'repair-broken' });
    expect(answer.body.errors.map((problem) => problem.field)).toContain(field);
    expect([bench.server.letters.length, (await detail(seq)).status]).toEqual([0, 'open']);
  });

  it.each([
    ['an amount', (event: { data: object }) => ({ ...event, data: { ...event.data, amount: '999999.00' } }), 'data.amount'],
    ['the account that is paid', (event: { data: object }) => ({ ...event, data: { ...event.data, payee: { bankCode: '102', accountNo: '6222000000000000001' } } }), 'data.payee'],
    ['another case', (event: object) => ({ ...event, subject: 'X-1' }), 'subject'],
  ])('is refused for %s: one person alone moves no money, and makes no other message of it', async (_what, change, field) => {
    const { seq, event } = await anEventLetter();
    const answer = await act<ProblemAnswer>(seq, 'repair', { ...WHY, body: change(event) });
    expect(answer.body.errors.map((problem) => problem.field)).toContain(field);
    expect(bench.server.letters.length).toBe(0);
  });

  it.each([QUEUES.outcomes, QUEUES.receipts, QUEUES.edgeStatus])('is refused for a message of %s: no decision and no receipt is changed here', async (queue) => {
    const event = eventOf('case.decided', { subject: newProjectNo() });
    const seq = await letterWith(event, { queue, message_id: `${event.source}#${event.id}` });
    expect((await act<ProblemAnswer>(seq, 'repair', { ...WHY, body: event })).body).toMatchObject({ status: 409, code: 'letter-not-sendable' });
    expect(bench.server.letters.length).toBe(0);
  });
});

describe('a discard', () => {
  it('closes the letter with the reason, keeps its bytes, and takes it out of what is counted', async () => {
    const [{ seq }] = [await anEventLetter(), await anEventLetter()];
    expect((await act(seq, 'discard', { reason: '重复的测试消息', ticket: 'T-9' })).body).toMatchObject({ outcome: 'discarded' });
    expect(await detail(seq)).toMatchObject({ status: 'discarded', actedWhy: '重复的测试消息', ticket: 'T-9', bodyBytes: expect.any(Number) });
    expect((await op.get<DeadLetterPage>('/api/dead-letters?status=open')).body.items).toHaveLength(1);
    expect((await op.get<{ deadLetters: number }>('/api/summary')).body.deadLetters).toBe(1);
  });
});

describe('who may', () => {
  const MAY = { viewer: [], operator: ['body', 'replay'], supervisor: ['body', 'replay', 'repair', 'discard'], auditor: [], administrator: [] } as const;
  it.each(Object.entries(MAY))('as %s: %j', async (role, may: readonly string[]) => {
    const who = await bench.server.as(role as keyof typeof MAY);
    for (const verb of ['replay', 'repair', 'discard']) {
      const { seq, event } = await anEventLetter();
      expect([verb, (await act(seq, verb, verb === 'repair' ? { ...WHY, body: event } : WHY, who)).status]).toEqual([verb, may.includes(verb) ? 200 : 403]);
    }
    const { seq } = await anEventLetter();
    expect((await who.get(`/api/dead-letters/${seq}/body`)).status).toBe(may.includes('body') ? 200 : 403);
    expect((await who.get(`/api/dead-letters/${seq}`)).status).toBe(200);
  });

  it('needs a reason, and a letter that is there', async () => {
    const { seq } = await anEventLetter();
    expect((await act(seq, 'discard', {})).status).toBe(422);
    expect((await act<ProblemAnswer>(999_999, 'discard')).body).toMatchObject({ status: 404, code: 'dead-letter-unknown' });
  });
});
