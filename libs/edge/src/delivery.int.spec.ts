import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, afterAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import type { DeliveryReceipt, TransferOrder } from '#contracts';
import { until, withRedis } from '../../../test/support/index.ts';
import { Delivery } from './delivery.ts';
import { MANNERS, TestEndpoint, type Manners } from './endpoint.fixture.ts';
import { parseEndpoints } from './endpoints.ts';
import type { CircuitPolicy } from './judge-circuit.ts';
import { selfSigned } from './self-signed.fixture.ts';
import { SendClaims } from './send-claims.ts';

const POLICY: CircuitPolicy = { failures: 8, transfers: 3, connections: 16, probeBaseMs: 60, probeCapMs: 300, slowStartMs: 60_000 };
const within = 30_000;
const BREAKING: Manners = (request) => { request.socket.destroy(); };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
let redis: Redis;
afterAll(() => redis.disconnect());
const server = withRedis();
beforeAll(() => { redis = new Redis(server.url); });

async function endpoint(manners: Manners = MANNERS.wellBehaved): Promise<TestEndpoint> {
  const place = await new TestEndpoint().start();
  place.manners = manners;
  closing.push(() => place.stop());
  return place;
}

interface Watched {
  readonly delivery: Delivery;
  readonly states: string[];
  readonly consuming: boolean[];
  readonly receipts: DeliveryReceipt[];
  readonly givenBack: string[];
  /** Hands over an order, as the queue would. */
  order(change?: Partial<TransferOrder>, maybeSent?: boolean): string;
  readonly delivered: () => string[];
  readonly burnt: () => DeliveryReceipt[];
}

function deliveryTo(entry: object, change: { policy?: Partial<CircuitPolicy>; holdMs?: number } = {}): Watched {
  const states: string[] = [];
  const consuming: boolean[] = [];
  const receipts: DeliveryReceipt[] = [];
  const givenBack: string[] = [];
  const delivery = new Delivery(parseEndpoints(JSON.stringify({ centre: entry })), {
    policy: { ...POLICY, ...change.policy }, holdMs: change.holdMs ?? 60_000, claims: new SendClaims(redis, server.prefix),
    onChange: ({ to }) => states.push(to), onConsuming: (_destination, on) => consuming.push(on), onProbe: () => undefined, onKept: () => undefined,
  });
  closing.push(async () => {
    delivery.stop();
    await delivery.close();
  });
  const order = (fields: Partial<TransferOrder> = {}, maybeSent = false): string => {
    const transferId = fields.transferId ?? `tr_${randomUUID()}`;
    const whole = { transferId, projectNo: 'P-1', destination: 'centre', kind: 'open', attempt: 1, payload: {}, ...fields } as TransferOrder;
    void delivery.deliver(whole, { traceparent: undefined, maybeSent }).then((receipt) => receipt === null ? givenBack.push(transferId) : receipts.push(receipt));
    return transferId;
  };
  return {
    delivery, states, consuming, receipts, givenBack, order,
    delivered: () => receipts.filter(({ outcome }) => outcome === 'delivered').map(({ transferId }) => transferId),
    burnt: () => receipts.filter(({ outcome }) => outcome !== 'delivered'),
  };
}

const several = (count: number, make: () => string): string[] => Array.from({ length: count }, make);
const circuitOf = ({ delivery }: Watched): string | undefined => delivery.circuits()[0]?.state;

describe('an endpoint that is down', () => {
  it.each([
    ['refuses connections', async (place: TestEndpoint) => place.stop(), async (place: TestEndpoint) => { await place.start(); }],
    // Waited for once, and longer than any machine takes for an answer: what runs out of time at an endpoint that is back would be sent again.
    ['accepts connections and never answers', (place: TestEndpoint) => { place.manners = MANNERS.hanging; }, (place: TestEndpoint) => { place.manners = MANNERS.wellBehaved; }],
    ['answers everything with 503', (place: TestEndpoint) => { place.manners = MANNERS.refusingAll; }, (place: TestEndpoint) => { place.manners = MANNERS.wellBehaved; }],
  ] as const)('and %s burns fewer attempts than opens the circuit, and gets the others when it is back', async (_, fall, rise) => {
    const place = await endpoint();
    await fall(place);
    const watched = deliveryTo(place.entry());
    const ids = several(40, () => watched.order());
    await until(() => circuitOf(watched) === 'open', { within });
    await until(() => watched.delivery.circuits()[0]?.held === 40 - watched.burnt().length, { within, what: 'all others kept in hand' });
    expect(watched.burnt().length).toBeLessThan(POLICY.failures);
    expect(watched.consuming).toEqual([false]);
    const postsWhileDown = place.posts.length;
    expect(watched.delivery.circuits()).toMatchObject([{ destination: 'centre', window: 0, nextProbeAt: expect.any(String) }]);

    await rise(place);
    await until(() => watched.receipts.length === 40, { within, what: 'a receipt for each' });
    expect(watched.burnt().length).toBeLessThan(POLICY.failures);
    expect(watched.delivered().toSorted()).toEqual(ids.filter((id) => !watched.burnt().some(({ transferId }) => transferId === id)).toSorted());
    for (const id of watched.delivered()) expect(place.timesApplied(id)).toBe(1);
    expect(place.posts.length - postsWhileDown).toBe(watched.delivered().length);
    expect(watched.states.slice(-3)).toEqual(['half-open', 'slow-start', 'closed']);
    expect(watched.consuming.at(-1)).toBe(true);
  });

  it('gets them back in a slow start: one, then two, four, eight at once', async () => {
    const place = await endpoint();
    await place.stop();
    const watched = deliveryTo(place.entry());
    several(60, () => watched.order());
    await until(() => circuitOf(watched) === 'open' && watched.delivery.circuits()[0]?.held === 60 - watched.burnt().length, { within });
    place.manners = (request, response, apply) => {
      setTimeout(() => MANNERS.wellBehaved(request, response, apply), request.method === 'HEAD' ? 0 : 15);
    };
    await place.start();
    await until(() => watched.receipts.length === 60, { within });
    // The trial, then windows of 1, 2, 4 and 8: the widest that the first n attempts may have met.
    const allowed = place.posts.map((_, n) => [1, 1, ...Array<number>(2).fill(2), ...Array<number>(4).fill(4), ...Array<number>(8).fill(8)][n] ?? POLICY.connections);
    place.posts.forEach(({ atOnce }, n) => expect(atOnce).toBeLessThanOrEqual(allowed[n] ?? 0));
    expect(Math.max(...place.posts.map(({ atOnce }) => atOnce))).toBeGreaterThan(8);
  });

  it('whose probes are answered and nothing else costs one attempt for each of them', async () => {
    const place = await endpoint(MANNERS.refusingWork);
    const watched = deliveryTo(place.entry());
    several(30, () => watched.order());
    await until(() => place.heads >= 4 && circuitOf(watched) === 'open', { within });
    expect(watched.burnt().length).toBeLessThan(POLICY.failures + place.heads);
    expect(watched.delivered()).toEqual([]);
    place.manners = MANNERS.wellBehaved;
    await until(() => watched.receipts.length === 30, { within });
  });

  it('for longer than orders may wait sends them back to the queue, unburnt', async () => {
    const place = await endpoint();
    await place.stop();
    const watched = deliveryTo(place.entry(), { holdMs: 700 });
    several(20, () => watched.order());
    await until(() => watched.givenBack.length + watched.burnt().length === 20, { within });
    expect(watched.givenBack.length).toBeGreaterThan(20 - POLICY.failures);
    expect(watched.delivery.circuits()).toMatchObject([{ held: 0 }]);
  });
});

describe('one transfer that an endpoint cannot stand', () => {
  it.each([
    ['is answered 503', MANNERS.refusingWork],
    ['breaks the connection', BREAKING],
  ] as const)('and %s is reported, and the others pass it', async (_, manners) => {
    const place = await endpoint();
    await place.stop();
    const watched = deliveryTo(place.entry());
    const poison = watched.order();
    place.exceptions.set(poison, manners);
    several(9, () => watched.order());
    await until(() => circuitOf(watched) === 'open', { within });
    const burntBefore = watched.burnt().length;
    await place.start();
    // The gateway orders anew what failed.
    const again = watched.burnt().map(({ transferId }) => watched.order({ transferId, attempt: 2 }));
    await until(() => watched.receipts.length === 10 + again.length, { within, what: 'a receipt for each, the poisonous one included' });
    expect(watched.burnt().slice(burntBefore).map(({ transferId }) => transferId)).toEqual([poison]);
    expect(new Set(watched.delivered()).size).toBe(9);
  });
});

describe('what an endpoint asks for', () => {
  it.each([[429, 'throttled'], [503, 'down']])('in Retry-After with a %i goes into the receipt', async (status) => {
    const place = await endpoint((_request, response) => { response.writeHead(status, { 'retry-after': '17' }).end(); });
    const watched = deliveryTo(place.entry());
    watched.order();
    await until(() => watched.receipts.length === 1, { within });
    expect(watched.receipts).toMatchObject([{ outcome: 'retryable', httpStatus: status, errorCode: `http-${status}`, retryAfterMs: 17_000 }]);
    expect(circuitOf(watched)).toBe('closed');
  });

  it('with 429 to everything opens no circuit: it lives', async () => {
    const place = await endpoint((_request, response) => void response.writeHead(429).end());
    const watched = deliveryTo(place.entry());
    several(40, () => watched.order());
    await until(() => watched.receipts.length === 40, { within });
    expect(watched.states).toEqual([]);
  });
});

describe('an endpoint that cannot tell a repetition, but can say what it has', () => {
  it('gets a transfer once, however often it drops the connection after its work', async () => {
    const place = await endpoint(MANNERS.droppingAfterWork);
    const watched = deliveryTo(place.entry({ verify: place.verify }));
    const ids = several(5, () => watched.order());
    await until(() => watched.receipts.length === 5, { within });
    expect(watched.receipts.every(({ outcome, errorCode }) => outcome === 'retryable' && errorCode === 'reset-after-send')).toBe(true);
    for (const transferId of ids) watched.order({ transferId, attempt: 2 });
    await until(() => watched.receipts.length === 10, { within });
    expect(watched.delivered().toSorted()).toEqual(ids.toSorted());
    expect(watched.receipts.at(-1)).toMatchObject({ outcome: 'delivered', httpStatus: 200, errorCode: null, errorDetail: expect.stringContaining('未重发') });
    for (const id of ids) expect(place.timesApplied(id)).toBe(1);
  });

  it('gets a transfer once when its circuit opened over it', async () => {
    const place = await endpoint(MANNERS.droppingAfterWork);
    const watched = deliveryTo(place.entry({ timeoutMs: 1_500, verify: place.verify }));
    const ids = several(30, () => watched.order());
    await until(() => watched.states.includes('open'), { within });
    await until(() => watched.delivered().length + watched.burnt().length === 30, { within, what: 'all verified' });
    for (const id of ids) expect(place.timesApplied(id)).toBe(1);
  });

  it('gets it once also when Redis lost all its data meanwhile', async () => {
    const place = await endpoint((request, response, apply) => {
      if (request.method === 'HEAD') response.writeHead(503).end();
      else MANNERS.droppingAfterWork(request, response, apply);
    });
    const watched = deliveryTo(place.entry({ timeoutMs: 1_500, verify: place.verify }));
    const ids = several(16, () => watched.order());
    await until(() => circuitOf(watched) === 'open' && watched.delivery.circuits()[0]?.held === 16 - watched.burnt().length, { within });
    await redis.flushdb();
    place.manners = MANNERS.wellBehaved;
    await until(() => watched.receipts.length === 16, { within });
    for (const id of ids) expect(place.timesApplied(id)).toBe(1);
  });

  it('is not asked before a first sending', async () => {
    const place = await endpoint();
    const watched = deliveryTo(place.entry({ verify: place.verify }));
    several(5, () => watched.order());
    await until(() => watched.delivered().length === 5, { within });
    expect(place.questions).toBe(0);
  });

  it('is sent nothing while it does not answer the question', async () => {
    const place = await endpoint();
    const watched = deliveryTo(place.entry({ verify: { url: `${place.origin}/elsewhere/{transferId}` } }));
    place.manners = (_request, response) => void response.writeHead(500).end();
    watched.order({}, true);
    await until(() => watched.receipts.length === 1, { within });
    expect(watched.receipts).toMatchObject([{ outcome: 'retryable', errorCode: 'verify-http-500', httpStatus: 500 }]);
    expect(place.posts).toEqual([]);
  });

  it('gets a transfer once from two instances that have it in hand at the same time', async () => {
    const place = await endpoint((request, response, apply) => { setTimeout(() => MANNERS.wellBehaved(request, response, apply), 60); });
    const both = [deliveryTo(place.entry({ verify: place.verify })), deliveryTo(place.entry({ verify: place.verify }))];
    const ids = several(8, () => `tr_${randomUUID()}`);
    for (const transferId of ids) for (const one of both) one.order({ transferId });
    await until(() => both.every((one) => one.delivered().length === 8), { within });
    for (const id of ids) expect(place.timesApplied(id)).toBe(1);
  });
});

describe('a TLS endpoint', () => {
  it('whose certificate nobody vouches for is named as that, and is down', async () => {
    const tls = createServer(selfSigned('endpoint.example'), (_request, response) => response.end());
    tls.listen(0, '127.0.0.1');
    await once(tls, 'listening');
    closing.push(() => tls.close());
    const entry = { ...await endpoint().then((place) => place.entry()), url: `https://127.0.0.1:${(tls.address() as AddressInfo).port}/v1` };
    const watched = deliveryTo(entry);
    several(10, () => watched.order());
    await until(() => circuitOf(watched) === 'open', { within });
    expect(watched.burnt()[0]).toMatchObject({ outcome: 'retryable', errorCode: 'tls-untrusted', errorDetail: expect.stringContaining('证书') });
    expect(watched.delivery.circuits()).toMatchObject([{ reason: 'tls-untrusted' }]);
  });

  it('that speaks no TLS is named as that', async () => {
    const place = await endpoint();
    const watched = deliveryTo(place.entry({ url: place.origin.replace('http:', 'https:') }));
    watched.order();
    await until(() => watched.receipts.length === 1, { within });
    expect(watched.receipts).toMatchObject([{ outcome: 'retryable', errorCode: 'tls-failed' }]);
  });
});

describe('when the program stops', () => {
  it('orders that wait for their endpoint are given back at once, and nothing more is sent', async () => {
    const place = await endpoint();
    await place.stop();
    const watched = deliveryTo(place.entry());
    several(20, () => watched.order());
    await until(() => watched.delivery.circuits()[0]?.held === 20 - watched.burnt().length, { within });
    watched.delivery.stop();
    await until(() => watched.givenBack.length === 20 - watched.burnt().length, { within: 20_000 });
    await place.start();
    watched.order();
    await until(() => watched.givenBack.length === 21 - watched.burnt().length, { within: 20_000 });
    expect(place.posts).toEqual([]);
  });

  it('an attempt that hangs is broken off after a few seconds, and its order given back', async () => {
    const place = await endpoint(MANNERS.hanging);
    const watched = deliveryTo(place.entry({ timeoutMs: 60_000 }));
    watched.order();
    await until(() => place.posts.length === 1, { within });
    watched.delivery.stop();
    await until(() => watched.givenBack.length === 1, { within: 20_000 });
    expect(watched.receipts).toEqual([]);
  });
});

describe('an attempt', () => {
  it('takes as long as it takes, though the clock is put back meanwhile', async () => {
    const now = Date.now();
    const place = await endpoint((request, response, apply) => {
      const clock = jest.spyOn(Date, 'now').mockReturnValue(now - 3_600_000);
      closing.push(() => clock.mockRestore());
      setTimeout(() => MANNERS.wellBehaved(request, response, apply), 20);
    });
    const watched = deliveryTo(place.entry());
    watched.order();
    await until(() => watched.receipts.length === 1, { within });
    const [receipt] = watched.receipts;
    expect(receipt?.latencyMs).toBeGreaterThan(0);
    expect(receipt?.latencyMs).toBeLessThan(within);
    expect(Date.parse(receipt?.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(receipt?.startedAt ?? ''));
  });
});
