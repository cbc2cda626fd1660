import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UnroutableError } from '#bus';
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
const changedIn = (group: string, values: object) => (event: { data: object }): object => ({ ...event, data: { ...event.data, [group]: { ...(event.data as Record<string, object>)[group], ...values } } });
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

  it('behind one on which the broker is slow is finished by another gateway meanwhile', async () => {
    const [first, second] = [await anEventLetter(), await anEventLetter()];
    await bench.db.updateTable('dead_letters').set({ status: 'replaying', sent_at: new Date(Date.now() - 60_000) }).execute();
    const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = { ready: true, publishAlone: () => { begun.resolve(); return over.promise; } } as unknown as BusPublisher;
    const quick = { ready: true, publishAlone: () => Promise.resolve() } as unknown as BusPublisher;
    const stuck = new SendLetters(bench.db, slow, logger).finish(10);
    await begun.promise;
    expect(await new SendLetters(bench.db, quick, logger).finish(10)).toBe(1);
    expect([(await detail(first.seq)).status, (await detail(second.seq)).status].sort()).toEqual(['replayed', 'replaying']);
    over.resolve();
    expect(await stuck).toBe(1);
  });

  it('waits for the broker, and says that it does', async () => {
    const { seq } = await anEventLetter();
    await bench.db.updateTable('dead_letters').set({ status: 'replaying', sent_at: new Date(Date.now() - 60_000) }).execute();
    const away = { ready: true, publishAlone: () => Promise.reject(new Error('away')) } as unknown as BusPublisher;
    expect(await new SendLetters(bench.db, away, logger).finish(10)).toBe(0);
    expect((await detail(seq)).status).toBe('replaying');
    expect((await act<ProblemAnswer>(seq, 'replay')).body).toMatchObject({ code: 'letter-not-open' });
  });

  it('that no queue takes goes back to the person after three tries, with the reason, and can be replayed or discarded again', async () => {
    const { seq } = await anEventLetter();
    const nowhere = { ready: true, publishAlone: () => Promise.reject(new UnroutableError('jiujin.events', 'intake')) } as unknown as BusPublisher;
    const sending = new SendLetters(bench.db, nowhere, logger);
    await bench.db.updateTable('dead_letters').set({ status: 'replaying', send_attempts: 1 }).execute();
    for (const [tries, status] of [[2, 'replaying'], [3, 'open']] as const) {
      await bench.db.updateTable('dead_letters').set({ sent_at: new Date(Date.now() - 60_000) }).execute();
      await sending.finish(10);
      expect(await detail(seq)).toMatchObject({ status, sendAttempts: tries });
    }
    expect(await detail(seq)).toMatchObject({ sendProblem: expect.stringContaining('没有接收它的队列') });
    expect((await actions()).at(-1)).toBe('dead-letter.came-back');
    expect((await act(seq, 'replay')).body).toMatchObject({ outcome: 'replayed' });
    expect(await detail(seq)).toMatchObject({ sendAttempts: 1, sendProblem: null });
  });

  it('goes back to nobody when another gateway has taken it since', async () => {
    const { seq } = await anEventLetter();
    await bench.db.updateTable('dead_letters').set({ status: 'replaying', send_attempts: 2, sent_at: new Date(Date.now() - 60_000) }).execute();
    let overtaken = 0;
    const nowhere = { ready: true, publishAlone: async () => {
      overtaken += Number((await bench.db.updateTable('dead_letters').set({ send_attempts: 4 }).executeTakeFirst()).numUpdatedRows);
      throw new UnroutableError('jiujin.events', 'intake');
    } } as unknown as BusPublisher;
    await new SendLetters(bench.db, nowhere, logger).finish(10);
    expect([overtaken, await detail(seq)]).toEqual([1, expect.objectContaining({ status: 'replaying', sendProblem: null })]);
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
    const seq = await letterWith({ ...event, data: { ...event.data, applySource: 'WRONG' } }, { message_id: `${event.source}#${event.id}` });
    const { raw } = await bench.db.selectFrom('dead_letters').select('raw').executeTakeFirstOrThrow();
    const shown = (await bodyOf(seq)).decoded as typeof event;
    const answer = await act(seq, 'repair', { ...WHY, body: { ...shown, data: { ...shown.data, applySource: event.data.applySource } } });
    expect(answer.body).toMatchObject({ outcome: 'repaired', outcomeZh: '已修正重发' });
    const [sent] = bench.server.letters;
    const headers = sent?.properties.headers as Record<string, string>;
    expect(JSON.parse(bench.keys.open(Number(headers['x-key-version']), sent?.content ?? Buffer.alloc(0)).toString('utf8'))).toEqual(event);
    expect(headers['x-digest']).toMatch(/^[0-9a-f]{64}$/);
    expect((await bench.db.selectFrom('dead_letters').select('raw').executeTakeFirstOrThrow()).raw.equals(raw)).toBe(true);
    expect((await actions()).at(-1)).toBe('dead-letter.repaired');
  });

  it('that did not go out is kept beside the next one, and does not go out in the place of a replay', async () => {
    const { seq, event } = await anEventLetter();
    const { raw } = await bench.db.selectFrom('dead_letters').select('raw').executeTakeFirstOrThrow();
    await act(seq, 'repair', { ...WHY, body: event });
    await bench.db.updateTable('dead_letters').set({ status: 'replaying', send_attempts: 2, sent_at: new Date(Date.now() - 60_000) }).execute();
    await new SendLetters(bench.db, { ready: true, publishAlone: () => Promise.reject(new UnroutableError('e', 'k')) } as unknown as BusPublisher, logger).finish(10);
    expect((await act(seq, 'replay')).body).toMatchObject({ outcome: 'replayed' });
    expect((bench.server.letters as RawMessage[]).at(-1)?.content.equals(raw)).toBe(true);
    expect(await bench.db.selectFrom('dead_letter_repairs').select(({ fn }) => fn.countAll<number>().as('n')).where('withdrawn_at', 'is not', null).execute()).toEqual([{ n: 1 }]);
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
    ['whose fund it is, by number', changedIn('applicant', { certNo: '410204199103150006' }), 'data.applicant.certNo'],
    ['whose fund it is, by name', changedIn('applicant', { name: '测试戊' }), 'data.applicant.name'],
    ['the holder of the account', changedIn('accountHolder', { name: '测试戊', certType: '111', certNo: '410204199103150006' }), 'data.accountHolder.certNo'],
    ['what it is drawn for', (event: { data: object }) => ({ ...event, data: { ...event.data, itemCode: '410204-other' } }), 'data.itemCode'],
    ['whether all of it', (event: { data: object }) => ({ ...event, data: { ...event.data, closesAccount: true } }), 'data.closesAccount'],
    ['which way it goes', (event: { data: object }) => ({ ...event, data: { ...event.data, transferDirection: 'outbound' } }), 'data.transferDirection'],
    ['the version that counts', (event: object) => ({ ...event, dataversion: 9 }), 'dataversion'],
    ['another case', (event: object) => ({ ...event, subject: 'X-1' }), 'subject'],
  ])('is refused for %s: one person alone moves no money, and makes no other message of it', async (_what, change, field) => {
    const { seq, event } = await anEventLetter();
    const answer = await act<ProblemAnswer>(seq, 'repair', { ...WHY, body: change(event) });
    expect(answer.body.errors.filter(({ rule }) => ['money', 'locked'].includes(rule)).map((problem) => problem.field)).toContain(field);
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
