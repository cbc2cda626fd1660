import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { until } from '#test';
import type { CaseView } from './case-view.fixture.ts';
import { exampleEvent, minutesAgo, receipt, SECRETS } from './events.fixture.ts';
import { OutsideParty, type Reply, type Twist } from './outside-party.fixture.ts';
import { databaseText, redisText } from './resting-data.fixture.ts';
import { withBridge } from './running-bridge.fixture.ts';

const NEW_KEY = { keyId: 'gulou-new', algorithm: 'HMAC-SHA256', secret: 'the-key-that-comes-next-0001' } as const;
const OLD_KEY = { keyId: 'gulou-old', algorithm: 'HMAC-SM3', secret: 'the-key-of-the-year-before-01', notAfter: '2025-01-01T00:00:00+08:00' } as const;
const BURST = 500;
const WITHIN = { within: 60_000, every: 100 };
const TRACE = { LOG_LEVEL: 'trace' };

interface Refusal { refusedBy: string; code: string; sender: string | null; eventId: string | null; projectNo: string | null; httpStatus: number | null; problems: { field: string }[] }

const bridge = withBridge({
  moreKeys: { 'hall-410204': [NEW_KEY, OLD_KEY] },
  env: { 'gateway': TRACE, 'district-adapter': { ...TRACE, RATE_PER_SECOND: '1', RATE_BURST: String(BURST) }, 'centre-adapter': TRACE },
});

const gulou = (): OutsideParty => new OutsideParty('hall-410204', usualKey());
const usualKey = () => bridge.keys.halls['410204'] ?? NEW_KEY;
const door = (hall = '410204'): string => `${bridge.url('district-adapter')}/v1/halls/${hall}/intake-events`;
const knock = (content: unknown, twist: Twist = {}): Promise<Reply> => gulou().send(door(), content, twist);

/** A refusal as RFC 9457 has it, in both languages. */
function expectProblem(reply: Reply, status: number, code: string): void {
  expect(reply).toMatchObject({ status, body: { type: `urn:jiujin:problem:${code}`, status, code, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) } });
  expect(reply.contentType).toMatch(/^application\/problem\+json/);
  expect([reply.body.titleZh, reply.body.detailZh]).toEqual([expect.stringMatching(/\p{Script=Han}/u), expect.stringMatching(/\p{Script=Han}/u)]);
  for (const secret of Object.values(SECRETS)) expect(reply.text).not.toContain(secret);
}

describe('the answer of the door', () => {
  it('is 400 for what is not JSON, no CloudEvent, no batch, or an empty one', async () => {
    expectProblem(await knock('{"specversion":'), 400, 'not-json');
    expectProblem(await knock({ hello: 'world' }), 400, 'not-a-cloudevent');
    expectProblem(await knock(JSON.stringify(receipt('J-nobatch')), { contentType: 'application/cloudevents-batch+json' }), 400, 'not-a-cloudevent');
    expectProblem(await knock([]), 400, 'empty-batch');
  });

  it('is 401 for a request that is not signed, changed on its way, or signed with a key that is unknown or out of its time', async () => {
    const event = receipt('J-unsigned');
    expectProblem(await knock(event, { unsigned: true }), 401, 'signature-missing');
    expectProblem(await knock(event, { sendInstead: JSON.stringify({ ...event, id: 'another' }) }), 401, 'signature-invalid');
    expectProblem(await new OutsideParty('hall-410204', { ...usualKey(), secret: 'a-secret-that-nobody-agreed' }).send(door(), event), 401, 'signature-invalid');
    expectProblem(await new OutsideParty('hall-410204', { ...usualKey(), keyId: 'nobody-knows' }).send(door(), event), 401, 'unknown-key');
    expectProblem(await new OutsideParty('hall-410299', usualKey()).send(door(), event), 401, 'unknown-key');
    expectProblem(await new OutsideParty('hall-410204', OLD_KEY).send(door(), event), 401, 'key-expired');
  });

  it('is 401 for a request of too long ago or from too far ahead, and for one that comes a second time', async () => {
    const [tooOld, tooNew] = [Date.now() - 301_000, Date.now() + 310_000];
    expectProblem(await knock(receipt('J-stale'), { timestamp: tooOld }), 401, 'timestamp-stale');
    expectProblem(await knock(receipt('J-stale'), { timestamp: tooNew }), 401, 'timestamp-stale');
    const event = receipt('J-once');
    // A nonce that was answered 503 may be remembered all the same: each try has one of its own.
    const nonce = await until(async () => {
      const fresh = randomUUID();
      return (await knock(event, { nonce: fresh })).status === 202 ? fresh : null;
    }, { ...WITHIN, what: 'the first time' });
    expectProblem(await knock(event, { nonce }), 401, 'nonce-replayed');
  });

  it('is 403 for a hall at the door of another one, or in the name of another one', async () => {
    expectProblem(await gulou().send(door('410202'), receipt('J-elsewhere')), 403, 'wrong-hall');
    expectProblem(await knock({ ...receipt('J-inthename'), source: '/halls/410202' }), 403, 'not-your-event');
  });

  it('is 409 for another body under a known id, and 202 for the same body again, also with the key that comes next', async () => {
    const event = receipt('J-again');
    const first = await knock(event);
    expect(first).toMatchObject({ status: 202, body: { id: event.id, transferId: expect.stringMatching(/^tr_[\w-]{27}$/), status: 'accepted' } });
    expect(await new OutsideParty('hall-410204', NEW_KEY).send(door(), event)).toMatchObject({ status: 202, body: { transferId: first.body.transferId } });
    expectProblem(await knock({ ...event, data: { ...event.data, amount: '1.00' } }), 409, 'id-reused');
  });

  it('is 413 for what is too long, 415 for another kind of body, 404 for another address', async () => {
    expectProblem(await knock({ ...receipt('J-long'), data: { text: 'x'.repeat(1024 * 1024) } }), 413, 'too-large');
    expectProblem(await knock(Array.from({ length: 501 }, () => ({}))), 413, 'too-large');
    expectProblem(await knock(receipt('J-text'), { contentType: 'text/plain' }), 415, 'unsupported-media-type');
    expectProblem(await gulou().send(`${bridge.url('district-adapter')}/v1/halls`, {}), 404, 'not-found');
  });

  it('is 422 and names every broken field at once, in Chinese and English, without repeating what was in it', async () => {
    const { data, ...attributes } = receipt('J-broken');
    const { relative: _, ...rest } = data;
    const wrong = `${SECRETS.certNo.slice(0, 17)}${SECRETS.certNo.endsWith('1') ? '2' : '1'}`;
    const reply = await knock({
      ...attributes, time: 'yesterday', colour: 'red',
      data: { ...rest, amount: '12.345', regionCode: '4102', applicant: { ...(data['applicant'] as object), certNo: wrong, nickname: SECRETS.name }, payee: { bankCode: '102' } },
    });
    expectProblem(reply, 422, 'contract-broken');
    const errors = reply.body.errors ?? [];
    expect(errors.map(({ field }) => field).sort()).toEqual([
      'colour', 'data.amount', 'data.applicant.certNo', 'data.applicant.nickname', 'data.payee.accountNo', 'data.regionCode', 'data.relative', 'time',
    ]);
    for (const { rule, zh, en } of errors) expect([rule, zh, en]).toEqual([expect.stringMatching(/./), expect.stringMatching(/\p{Script=Han}/u), expect.stringMatching(/^[\x20-\x7e]+$/)]);
    expect(reply.text).not.toContain(wrong);
  });

  it('is 207 with one answer for each event of a batch, in its order, and 202 when all are taken', async () => {
    const [good, broken, other] = [receipt('J-first'), { ...receipt('J-second'), data: {} }, receipt('J-third')];
    const mixed = await knock([good, broken, other]);
    expect(mixed).toMatchObject({
      status: 207, body: [{ id: good.id, status: 202, transferId: expect.any(String) }, { id: broken.id, status: 422, problem: { code: 'contract-broken' } }, { id: other.id, status: 202 }],
    });
    expect(await knock([good, other])).toMatchObject({ status: 202, body: [{ status: 202 }, { status: 202 }] });
  });
});

describe('what was refused', () => {
  it('is told to the operators: who, what, why and which fields, and nothing of the content', async () => {
    const expected = ['not-json', 'not-a-cloudevent', 'empty-batch', 'signature-missing', 'signature-invalid', 'unknown-key', 'key-expired', 'timestamp-stale',
      'nonce-replayed', 'wrong-hall', 'not-your-event', 'id-reused', 'too-large', 'unsupported-media-type', 'not-found', 'contract-broken'];
    const refusals = await until(async () => {
      const { items } = await bridge.ops<{ items: Refusal[] }>('/api/refusals?refusedBy=door&limit=100');
      return expected.every((code) => items.some((item) => item.code === code)) ? items : null;
    }, { ...WITHIN, what: 'every refusal in the ledger' });
    const of = (code: string, eventId: string): Refusal | undefined => refusals.find((item) => item.code === code && item.eventId === eventId);
    expect(of('contract-broken', 'J-broken.r')).toMatchObject({ sender: 'hall:410204', projectNo: 'J-broken-straight', httpStatus: 422 });
    expect(of('contract-broken', 'J-broken.r')?.problems.map(({ field }) => field)).toContain('data.applicant.certNo');
    expect(of('id-reused', 'J-again.r')).toMatchObject({ sender: 'hall:410204', httpStatus: 409 });
    expect(refusals.find(({ code }) => code === 'signature-invalid')).toMatchObject({ sender: null, eventId: null, projectNo: null });
    for (const secret of Object.values(SECRETS)) expect(JSON.stringify(refusals)).not.toContain(secret);
  });

  it('did not keep the others from their end', async () => {
    for (const name of ['J-once', 'J-again', 'J-first', 'J-third']) {
      const view = await until(async () => {
        const seen = await bridge.ops<CaseView>(`/api/cases/${name}-straight`);
        return seen.status === 'COMPLETED' && seen.deliveryStatus === 'ACKED' ? seen : null;
      }, { ...WITHIN, what: `the end of ${name}` });
      expect(view.resultCode).toBe('APPROVED');
    }
  });
});

describe('what the bridge keeps', () => {
  it('never shows a name, a certificate number, a phone or an account: not in the logs, not in Redis, not in the database', async () => {
    await bridge.disturb('centre', { statusRatio: 1, status: 503 });
    expect(await knock(receipt('J-waiting'))).toMatchObject({ status: 202 });
    await until(async () => (await bridge.ops<CaseView>('/api/cases/J-waiting-straight')).timeline.some(({ status }) => status === 'retry_wait'), { ...WITHIN, what: 'a transfer that waits' });
    const places = { ...(await redisText(bridge.servers.redis)), ...(await databaseText(bridge.servers.database)), ...bridge.logs() };
    await bridge.disturb('centre', {});

    expect(Object.keys(places)).toEqual(expect.arrayContaining(['events', 'cases', 'door_refusals', 'gateway.log', 'district-adapter.log', 'centre-adapter.log']));
    expect(Object.keys(places).filter((key) => key.startsWith(bridge.servers.redisPrefix)).join(' ')).toMatch(/nonce:.*timers:|timers:.*nonce:/s);
    expect(Object.entries(places).filter(([, text]) => /J-waiting/.test(text)).map(([place]) => place)).toEqual(expect.arrayContaining(['events', 'cases', 'transfers']));
    const found = Object.entries(places).flatMap(([place, text]) => Object.entries(SECRETS).filter(([, secret]) => text.includes(secret) || text.includes(hexOf(secret))).map(([what]) => `${what} in ${place}`));
    expect(found).toEqual([]);
  });
});

describe('a sender that is too fast', () => {
  it('is told 429 and when to come again', async () => {
    const bureau = new OutsideParty('bureau', bridge.keys.bureau);
    const url = `${bridge.url('district-adapter')}/v1/bureau/events`;
    const revocations = Array.from({ length: BURST - 50 }, (_, at) => exampleEvent('permission.revoked', `revoke-${at}`, minutesAgo(1)));
    expect(await bureau.send(url, revocations.slice(0, 1))).toMatchObject({ status: 202 });
    const replies = [await bureau.send(url, revocations), await bureau.send(url, revocations)];
    expect(replies.map(({ status }) => status)).toEqual([202, 429]);
    expectProblem(replies[1] as Reply, 429, 'too-many-requests');
    expect(Number(replies[1]?.retryAfter)).toBeGreaterThanOrEqual(1);
  });
});

const hexOf = (text: string): string => Buffer.from(text).toString('hex');
