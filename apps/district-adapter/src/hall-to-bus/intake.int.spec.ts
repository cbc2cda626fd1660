import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Channel, type ChannelModel, type GetMessage } from 'amqplib';
import { partsOf } from '#bus';
import { QUEUES, transferIdOf, type DoorRefusal, type JiujinEvent } from '#contracts';
import { KeyRing, type RunningApp } from '#runtime';
import granted from '../../../../libs/contracts/examples/permission.granted.json' with { type: 'json' };
import example from '../../../../libs/contracts/examples/case.received.json' with { type: 'json' };
import { until, withRedis, withVhost } from '../../../../test/support/index.ts';
import { eventLike, LEDGER_KEYS, signedHeaders, startAdapter, Wire, type Signing } from '../district-adapter.fixture.ts';

const PATH = '/v1/halls/410204/intake-events';
/** The published example, received before now whenever this runs. */
const received = { ...example, data: { ...example.data, receivedAt: '2026-01-05T09:30:00+08:00' } };
const BATCH = 'application/cloudevents-batch+json';

let adapter: RunningApp & { readonly origin: string };
let brokerWire: Wire;
let redisWire: Wire;
let broker: ChannelModel;
let channel: Channel;

// Before the fixtures' own hooks: the vhost goes only after those who use it.
afterAll(async () => {
  await adapter.close();
  brokerWire.close();
  redisWire.close();
  await broker.close();
});

const vhost = withVhost();
const redis = withRedis();

function through(url: string, port: number): string {
  const wired = new URL(url);
  wired.hostname = '127.0.0.1';
  wired.port = String(port);
  return wired.href;
}

beforeAll(async () => {
  brokerWire = new Wire(new URL(vhost.url), 5672);
  redisWire = new Wire(new URL(redis.url), 6379);
  adapter = await startAdapter({
    RABBITMQ_URL: through(vhost.url, await brokerWire.open()),
    REDIS_URL: through(redis.url, await redisWire.open()),
    // Nobody acknowledges anything here.
    REDIS_PREFIX: redis.prefix, JOURNAL_PATIENCE_MS: '600000',
  });
  broker = await connect(vhost.url);
  channel = await broker.createChannel();
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

async function send(path: string, body: string, headers: Record<string, string>, origin = adapter.origin): Promise<Answer> {
  const response = await fetch(origin + path, { method: 'POST', headers, body, signal: AbortSignal.timeout(60_000) });
  return { status: response.status, headers: response.headers, body: await response.json() as Record<string, unknown> };
}

function post(event: unknown, signing: Signing = {}, path = PATH): Promise<Answer> {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  return send(path, body, signedHeaders(path, body, signing));
}

/** What a sound event is answered; again where Redis did not answer in time, which on a machine that stalls it may not. */
async function posted(event: unknown, signing?: Signing, path?: string): Promise<Answer> {
  return until(async () => {
    const answer = await post(event, signing, path);
    return answer.body['code'] === 'store-unavailable' ? null : answer;
  }, { within: 30_000, every: 100, what: 'Redis to answer in time' });
}

async function take<T>(queue: string, matches: (body: T) => boolean): Promise<{ body: T; headers: Record<string, unknown> }> {
  return until(async () => {
    const message = await channel.get(queue, { noAck: true });
    if (message === false) return null;
    const parts = partsOf(message).map(({ content, properties: { headers = {} } }: Pick<GetMessage, 'content' | 'properties'>) => (
      { body: JSON.parse(KeyRing.fromJson(LEDGER_KEYS).open(Number(headers['x-key-version']), content).toString()) as T, headers }));
    return parts.filter(({ body }) => matches(body)).at(0);
  }, { within: 30_000, every: 5, what: `a message in ${queue}` });
}

/** What has come into the queue until now: everything up to an event that is sent for the purpose. */
async function published(): Promise<JiujinEvent[]> {
  const last = eventLike(received);
  expect(await posted(last)).toMatchObject({ status: 202 });
  const events: JiujinEvent[] = [];
  await take<JiujinEvent>(QUEUES.intake, (event) => events.push(event) > 0 && event.id === last.id);
  return events.slice(0, -1);
}

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.body).toMatchObject({ type: `urn:jiujin:problem:${code}`, status, code });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  for (const field of ['title', 'detail', 'titleZh', 'detailZh']) expect(answer.body[field]).toEqual(expect.stringMatching(/\S/));
  expect(answer.body['titleZh']).toMatch(/[一-鿿]/);
  expect(answer.body['traceId']).toMatch(/^[0-9a-f]{32}$/);
}

describe('the door takes what is signed and sound', () => {
  it('answers 202 with the transfer id, and the event lies sealed in the queue', async () => {
    const event = eventLike(received);
    const answer = await posted(event);
    expect(answer).toMatchObject({ status: 202, body: { id: event.id, transferId: transferIdOf(event.source, event.id, 'centre'), status: 'accepted' } });
    const message = await take<{ id: string }>(QUEUES.intake, ({ id }) => id === event.id);
    expect(message.body).toEqual(event);
    expect(message.headers).toMatchObject({ 'x-party': 'hall:410204', 'x-project-no': event.subject, traceparent: event.traceparent });
    expect(message.headers['x-digest']).toMatch(/^[0-9a-f]{64}$/);
    expect(Date.parse(String(message.headers['x-door-at']))).not.toBeNaN();
  });

  it('takes the same event again, under a new nonce', async () => {
    const event = eventLike(received);
    expect(await posted(event)).toMatchObject({ status: 202 });
    expect(await posted(event)).toMatchObject({ status: 202 });
    expect(await posted({ ...event, traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })).toMatchObject({ status: 202 });
  });

  it('carries the trace of the request to the bus when the event names none', async () => {
    const { traceparent: _, ...event } = eventLike(received);
    const body = JSON.stringify(event);
    const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
    expect(await send(PATH, body, { ...signedHeaders(PATH, body), traceparent })).toMatchObject({ status: 202 });
    expect((await take<{ id: string }>(QUEUES.intake, ({ id }) => id === event.id)).headers['traceparent']).toBe(traceparent);
  });

  it('takes permissions from the bureau at its own door', async () => {
    const event = eventLike(granted);
    const answer = await posted(event, { appKey: 'bureau' }, '/v1/bureau/events');
    // A permission causes no transfer, so none is named.
    expect([answer.status, answer.body]).toEqual([202, { id: event.id, status: 'accepted' }]);
    const batch = await posted([event], { appKey: 'bureau', contentType: BATCH }, '/v1/bureau/events');
    expect([batch.status, batch.body]).toEqual([202, [{ id: event.id, status: 202 }]]);
  });

  it('answers each event of a batch by itself, in order', async () => {
    const [good, bad, alien] = [eventLike(received), eventLike(received, { time: 'yesterday' }), 42];
    const answer = await post([good, bad, alien], { contentType: BATCH });
    expect(answer.status).toBe(207);
    expect(answer.body).toMatchObject([
      { id: good.id, status: 202, transferId: transferIdOf(good.source, good.id, 'centre') },
      { id: bad.id, status: 422, problem: { code: 'contract-broken', errors: [{ field: 'time' }] } },
      { id: null, status: 400, problem: { code: 'not-a-cloudevent' } },
    ]);
    expect((await posted([eventLike(received), eventLike(received)], { contentType: BATCH })).status).toBe(202);
  });
});

describe('the door refuses, says why, and publishes nothing', () => {
  it.each([
    ['no signature', 'signature-missing', (headers: Record<string, string>) => ({ ...headers, 'x-signature': '' })],
    ['a wrong signature', 'signature-invalid', (headers: Record<string, string>) => ({ ...headers, 'x-signature': 'f'.repeat(64) })],
    ['an unknown key', 'unknown-key', (headers: Record<string, string>) => ({ ...headers, 'x-key-id': 'never' })],
  ])('401 for %s', async (_, code, change) => {
    const event = eventLike(received);
    const body = JSON.stringify(event);
    expectProblem(await send(PATH, body, change(signedHeaders(PATH, body))), 401, code);
    expect((await published()).map(({ id }) => id)).not.toContain(event.id);
  });

  it('401 for a body other than the one that was signed', async () => {
    const event = eventLike(received);
    const headers = signedHeaders(PATH, JSON.stringify(event));
    expectProblem(await send(PATH, JSON.stringify({ ...event, sequence: 2 }), headers), 401, 'signature-invalid');
  });

  it('401 for a key past its time and for a stale timestamp', async () => {
    expectProblem(await post(eventLike(received), { keyId: 'past' }), 401, 'key-expired');
    expectProblem(await post(eventLike(received), { at: Date.now() - 301_000 }), 401, 'timestamp-stale');
    expectProblem(await post(eventLike(received), { at: Date.now() + 301_000 }), 401, 'timestamp-stale');
  });

  it('401 for a nonce used before, also when the first use was refused', async () => {
    const nonce = randomUUID();
    const replay = eventLike(received);
    expect(await post(eventLike(received), { nonce })).toMatchObject({ status: 202 });
    expectProblem(await post(replay, { nonce }), 401, 'nonce-replayed');
    expect((await published()).map(({ id }) => id)).not.toContain(replay.id);
    const other = randomUUID();
    expectProblem(await post(eventLike(received, { time: 'yesterday' }), { nonce: other }), 422, 'contract-broken');
    expectProblem(await post(eventLike(received), { nonce: other }), 401, 'nonce-replayed');
  });

  it('403 for another hall, another source and an event that is not a hall\'s to send', async () => {
    expectProblem(await post(eventLike(received), { appKey: 'hall-410203' }), 403, 'wrong-hall');
    expectProblem(await post(eventLike(received), { appKey: 'bureau' }), 403, 'not-your-event');
    expectProblem(await post(eventLike(received, { source: '/halls/410203' })), 403, 'not-your-event');
    const decided = eventLike(received, { type: 'case.accepted', data: {} });
    const answer = await post(decided);
    expectProblem(answer, 403, 'not-your-event');
    expect(answer.body['detailZh']).toContain('受理');
  });

  it.each([
    ['{"id":', 'application/cloudevents+json', 'not-json'],
    ['{"specversion":"1.0"}', 'application/cloudevents+json', 'not-a-cloudevent'],
    ['[]', 'application/json', 'not-a-cloudevent'],
    ['[]', BATCH, 'empty-batch'],
    ['{}', BATCH, 'not-a-cloudevent'],
  ])('400 for the body %s sent as %s', async (body, contentType, code) => {
    expectProblem(await post(body, { contentType }), 400, code);
  });

  it('409 for an id used before with another body, and keeps the first', async () => {
    const event = eventLike(received);
    expect(await posted(event)).toMatchObject({ status: 202 });
    expectProblem(await post({ ...event, sequence: 7 }), 409, 'id-reused');
    expect(await posted(event)).toMatchObject({ status: 202 });
    const bodies = (await published()).filter(({ id }) => id === event.id);
    expect(bodies.length).toBeGreaterThan(0);
    expect(bodies.filter((body) => body.sequence === 7)).toEqual([]);
  });

  it('413 for one event above 1 MiB, for a batch above 8 MiB and above 500 events', async () => {
    expectProblem(await post(eventLike(received, { filler: 'x'.repeat(1_048_577) })), 413, 'too-large');
    expectProblem(await post([eventLike(received, { filler: 'x'.repeat(8_388_609) })], { contentType: BATCH }), 413, 'too-large');
    expectProblem(await post(Array.from({ length: 501 }, () => 0), { contentType: BATCH }), 413, 'too-large');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'constructor/x'])('415 for %s', async (contentType) => {
    expectProblem(await post(eventLike(received), { contentType }), 415, 'unsupported-media-type');
  });

  it('404 for an address that is none', async () => {
    expectProblem(await post(eventLike(received), {}, '/v1/halls/410204/else'), 404, 'not-found');
  });

  it('422 names every broken field in Chinese and English, and repeats no value', async () => {
    const event = eventLike(received, { sequence: 0 });
    event.data.itemCode = '000000000QT00000000';
    event.data.applicant.certNo = '11010519491231002X9';
    const answer = await post({ ...event, data: { ...event.data, stray: 1 } });
    expectProblem(answer, 422, 'contract-broken');
    const errors = answer.body['errors'] as { field: string; zh: string; en: string }[];
    expect(errors.map(({ field }) => field)).toEqual(expect.arrayContaining(['sequence', 'data.itemCode', 'data.applicant.certNo', 'data.stray']));
    for (const { zh, en } of errors) {
      expect(zh).toMatch(/[一-鿿]/);
      expect(en).toMatch(/[a-z]/);
    }
    expect(JSON.stringify(answer.body)).not.toContain('11010519491231002X9');
  });

  it('422 for a receipt that lies in the future of the door', async () => {
    const ahead = (minutes: number): object => ({ data: { ...received.data, receivedAt: new Date(Date.now() + minutes * 60_000).toISOString() } });
    const answer = await post(eventLike(received, ahead(6)));
    expectProblem(answer, 422, 'contract-broken');
    expect(answer.body['errors']).toMatchObject([{ field: 'data.receivedAt', rule: 'not-in-future' }]);
    expect(await posted(eventLike(received, ahead(4)))).toMatchObject({ status: 202 });
  });

  it('reports a refusal to the gateway by ids and fields only', async () => {
    const event = eventLike(received, { time: 'yesterday' });
    await post(event);
    const { body } = await take<DoorRefusal>(QUEUES.doorRefusals, ({ eventId }) => eventId === event.id);
    expect(body).toMatchObject({
      app: 'district-adapter', path: PATH, party: 'hall:410204', keyId: 'now', status: 422, code: 'contract-broken',
      eventType: 'case.received', projectNo: event.subject, problems: [{ field: 'time' }],
    });
    expect(JSON.stringify(body)).not.toContain(event.data.applicant.name);
  });
});

describe('the door under stress', () => {
  it('429 with Retry-After for a party above its rate, and for no other', async () => {
    const slow = await startAdapter({ RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: `${redis.prefix}slow:`, RATE_PER_SECOND: '1', RATE_BURST: '500' });
    try {
      const flood = JSON.stringify(Array.from({ length: 500 }, () => 0));
      expect(await send(PATH, flood, signedHeaders(PATH, flood, { contentType: BATCH }), slow.origin)).toMatchObject({ status: 207 });
      // A second flood, not a single event: at one token a second no slow machine can save up enough for it meanwhile.
      const answer = await send(PATH, flood, signedHeaders(PATH, flood, { contentType: BATCH }), slow.origin);
      expectProblem(answer, 429, 'too-many-requests');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      const bureau = JSON.stringify(eventLike(granted));
      expect(await send('/v1/bureau/events', bureau, signedHeaders('/v1/bureau/events', bureau, { appKey: 'bureau' }), slow.origin)).toMatchObject({ status: 202 });
    } finally {
      await slow.close();
    }
  });

  it('503 with Retry-After while Redis is away, and 202 again when it is back', async () => {
    const event = eventLike(received);
    redisWire.cut();
    const answer = await post(event);
    expectProblem(answer, 503, 'store-unavailable');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await fetch(`${adapter.origin}/health/ready`)).status).toBe(503);
    redisWire.mend();
    expect((await published()).map(({ id }) => id)).not.toContain(event.id);
    await until(async () => (await post(event)).status === 202, { within: 20_000, every: 200, what: 'a 202 after Redis is back' });
  });

  it('202 while RabbitMQ is away, from the spool, and the event reaches RabbitMQ when it is back', async () => {
    const events = [eventLike(received), eventLike(received), eventLike(received)] as const;
    brokerWire.cut();
    expect(await posted(events[0])).toMatchObject({ status: 202, body: { status: 'accepted' } });
    expect(await posted([events[1], events[2]], { contentType: BATCH })).toMatchObject({ status: 202 });
    const ready = await fetch(`${adapter.origin}/health/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'limited', checks: { rabbitmq: { status: 'down' } } }]);
    brokerWire.mend();
    for (const { id } of events) await take<{ id: string }>(QUEUES.intake, (body) => body.id === id);
    await until(async () => (await (await fetch(`${adapter.origin}/health/ready`)).json() as { status: string }).status === 'up', { within: 20_000, what: 'health' });
  });

  it('503 with Retry-After and never a 202 while RabbitMQ and Redis are away, and 202 again when they are back', async () => {
    const event = eventLike(received);
    brokerWire.cut();
    redisWire.cut();
    const answer = await post(event);
    expectProblem(answer, 503, 'store-unavailable');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expectProblem(await post([eventLike(received), eventLike(received)], { contentType: BATCH }), 503, 'store-unavailable');
    brokerWire.mend();
    redisWire.mend();
    await until(async () => (await post(event)).status === 202, { within: 20_000, every: 200, what: 'a 202 after both are back' });
  });

  it('shows its metrics for the token only, where one is set', async () => {
    const token = 'synthetic-ops-token-of-the-adapters-1';
    const guarded = await startAdapter({ RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, OPS_TOKEN: token });
    try {
      expect((await fetch(`${guarded.origin}/metrics`)).status).toBe(401);
      expect((await fetch(`${guarded.origin}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
      expect((await fetch(`${guarded.origin}/health/live`)).status).toBe(200);
    } finally {
      await guarded.close();
    }
  });

  it('counts what it took and what it refused', async () => {
    const text = await (await fetch(`${adapter.origin}/metrics`)).text();
    expect(text).toMatch(/jiujin_door_accepted_total\{.*party="hall:410204".*\} \d+/);
    expect(text).toMatch(/jiujin_door_refused_total\{.*code="id-reused".*\} \d+/);
  });
});
