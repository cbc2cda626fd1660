import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { DeliveryReceipt, TransferOrder } from '#contracts';
import { until, withRedis } from '../../../test/support/index.ts';
import { Delivery } from './delivery.ts';
import { EndpointCaller } from './endpoint-caller.ts';
import { MANNERS, TestEndpoint, type Manners } from './endpoint.fixture.ts';
import { parseEndpoints } from './endpoints.ts';
import { SendClaims, type SendClaim } from './send-claims.ts';

const within = 30_000;
/** Waited out by most of these tests; long enough for every answer of a busy machine. */
const TIMEOUT_MS = 2_000;
/** Works longer than it is waited for, has it only then, and never answers. It is asked after twice its time: what it gets late, on a busy machine, it still has by then. */
const COMMITTING_LATE: Manners = (request, response, apply) => {
  if (request.method === 'HEAD') return void response.end();
  setTimeout(apply, TIMEOUT_MS * 1.25);
};

let redis: Redis;
afterAll(() => redis.disconnect());
const server = withRedis();
beforeAll(() => { redis = new Redis(server.url); });

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function endpoint(manners: Manners): Promise<TestEndpoint> {
  const place = await new TestEndpoint().start();
  place.manners = manners;
  closing.push(() => place.stop());
  return place;
}

/** Hands over orders to one endpoint, none of them marked as sent before. */
function deliveryTo(entry: object): (transferId: string) => Promise<DeliveryReceipt | null> {
  return instanceFor(entry).deliver;
}

/** One instance of the adapter, which can be stopped. */
function instanceFor(entry: object): { readonly deliver: (transferId: string) => Promise<DeliveryReceipt | null>; readonly delivery: Delivery } {
  const delivery = new Delivery(parseEndpoints(JSON.stringify({ centre: entry })), {
    policy: { failures: 8, transfers: 3, connections: 16, probeBaseMs: 60, probeCapMs: 300, slowStartMs: 60_000 },
    holdMs: 60_000, claims: new SendClaims(redis, server.prefix),
    onChange: () => undefined, onConsuming: () => undefined, onProbe: () => undefined, onKept: () => undefined,
  });
  closing.push(async () => {
    delivery.stop();
    await delivery.close();
  });
  const deliver = (transferId: string): Promise<DeliveryReceipt | null> => {
    return delivery.deliver(orderOf(transferId), { traceparent: undefined, maybeSent: false });
  };
  return { deliver, delivery };
}

const orderOf = (transferId: string): TransferOrder => ({ transferId, projectNo: 'P-1', destination: 'centre', kind: 'open', attempt: 1, payload: {} }) as unknown as TransferOrder;
const newId = (): string => `tr_${randomUUID()}`;

/** As if the process had stood still between asking for a claim and hearing that it has it. */
class StaleClaims extends SendClaims {
  override async take(transferId: string, ttlMs: number): Promise<SendClaim | null> {
    const claim = await super.take(transferId, ttlMs);
    return claim === null ? null : { ...claim, validUntil: performance.now() };
  }
}

describe('an endpoint that is asked first what it has', () => {
  it('gets nothing under a claim that may be another instance’s by now, not even the first time', async () => {
    const place = await endpoint(MANNERS.wellBehaved);
    const [centre] = parseEndpoints(JSON.stringify({ centre: place.entry({ timeoutMs: TIMEOUT_MS, verify: place.verify }) })).values();
    if (centre === undefined) throw new Error('no endpoint');
    const caller = new EndpointCaller(centre, { connections: 1, claims: new StaleClaims(redis, server.prefix) });
    closing.push(() => caller.destroy());
    expect(await caller.deliver(orderOf(newId()), { traceparent: undefined, maybeSent: false })).toBeNull();
    expect(place.applied).toEqual([]);
  });

  it('is not asked before a request that nobody saw the end of has had its whole time again', async () => {
    const place = await endpoint(COMMITTING_LATE);
    const receipt = await deliveryTo(place.entry({ timeoutMs: TIMEOUT_MS, verify: place.verify }))(newId());
    expect(receipt).toMatchObject({ outcome: 'retryable', errorCode: 'timeout-after-send', retryAfterMs: TIMEOUT_MS });
  });

  it('is not left waiting for what it has certainly not got', async () => {
    const place = await endpoint(MANNERS.hanging);
    await place.stop();
    const receipt = await deliveryTo(place.entry({ verify: place.verify }))(newId());
    expect(receipt).toMatchObject({ outcome: 'retryable', errorCode: 'connection-refused', retryAfterMs: null });
  });

  it('gets each transfer once although it takes so long that its circuit opens', async () => {
    const place = await endpoint(COMMITTING_LATE);
    const deliver = deliveryTo(place.entry({ timeoutMs: TIMEOUT_MS, verify: place.verify }));
    const ids = Array.from({ length: 14 }, newId);
    const receipts = await Promise.all(ids.map(deliver));
    expect(receipts.filter((receipt) => receipt?.outcome === 'delivered').length).toBeGreaterThanOrEqual(7);
    expect(place.posts.map(({ transferId }) => transferId).toSorted()).toEqual(ids.toSorted());
    await until(() => place.applied.length === ids.length, { within });
  });

  it('is asked again later when the question could not be put, and not sent what it may have', async () => {
    const place = await endpoint(MANNERS.droppingAfterWork);
    const deliver = deliveryTo(place.entry({ verify: place.verify }));
    const transferId = newId();
    expect(await deliver(transferId)).toMatchObject({ errorCode: 'reset-after-send' });
    await place.stop();
    expect(await deliver(transferId)).toMatchObject({ errorCode: 'verify-connection-refused' });
    await place.start();
    expect(await deliver(transferId)).toMatchObject({ outcome: 'delivered' });
    expect(place.timesApplied(transferId)).toBe(1);
  });
});

describe('an endpoint behind a proxy', () => {
  /** The proxy gives up before the work is done. */
  const givenUp = (status: number): Manners => (request, response, apply) => {
    response.writeHead(status).end();
    if (request.method === 'POST') setTimeout(apply, TIMEOUT_MS / 2);
  };

  it.each([502, 503, 504])('is asked no sooner than its own time later when the proxy answered %i for it, by nobody', async (status) => {
    const place = await endpoint(givenUp(status));
    const entry = place.entry({ timeoutMs: TIMEOUT_MS, verify: place.verify });
    const transferId = newId();
    expect(await deliveryTo(entry)(transferId)).toMatchObject({ outcome: 'retryable', errorCode: `http-${status}`, retryAfterMs: TIMEOUT_MS });
    place.manners = MANNERS.wellBehaved;
    // Another instance, at once: were it to ask now, the endpoint could only say that it has nothing yet.
    expect(await deliveryTo(entry)(transferId)).toMatchObject({ outcome: 'delivered' });
    expect(place.timesApplied(transferId)).toBe(1);
    expect(place.posts).toHaveLength(1);
  });

  it.each([502, 503, 504])('is left in peace for its own time when the proxy answered the question with %i', async (status) => {
    const place = await endpoint(MANNERS.droppingAfterWork);
    place.answerToQuestions = status;
    const deliver = deliveryTo(place.entry({ timeoutMs: TIMEOUT_MS, verify: place.verify }));
    const transferId = newId();
    expect(await deliver(transferId)).toMatchObject({ errorCode: 'reset-after-send' });
    expect(await deliver(transferId)).toMatchObject({ outcome: 'retryable', errorCode: `verify-http-${status}`, retryAfterMs: TIMEOUT_MS });
    const askedAt = performance.now();
    place.answerToQuestions = null;
    expect(await deliver(transferId)).toMatchObject({ outcome: 'delivered' });
    expect(performance.now() - askedAt).toBeGreaterThan(TIMEOUT_MS * 0.9);
    expect([place.questions, place.timesApplied(transferId)]).toEqual([2, 1]);
  });
});

describe('an adapter that stops during a long attempt', () => {
  const LONG_MS = 5_000;

  it('keeps others from the transfer until the endpoint has had its time, and then it is asked for, not sent again', async () => {
    const place = await endpoint((request, _response, apply) => { if (request.method === 'POST') setTimeout(apply, LONG_MS * 0.8); });
    const entry = place.entry({ timeoutMs: LONG_MS, verify: place.verify });
    const first = instanceFor(entry);
    const transferId = newId();
    const broken = first.deliver(transferId);
    await until(() => place.posts.length === 1, { within });
    first.delivery.stop();
    await first.delivery.close();
    expect(await broken).toBeNull();
    place.manners = MANNERS.wellBehaved;
    expect(await deliveryTo(entry)(transferId)).toMatchObject({ outcome: 'delivered' });
    expect([place.posts.length, place.timesApplied(transferId)]).toEqual([1, 1]);
  });
});

describe('an endpoint that knows a repetition', () => {
  it('gets it again as soon as the gateway likes', async () => {
    const place = await endpoint(MANNERS.hanging);
    const receipt = await deliveryTo(place.entry({ timeoutMs: TIMEOUT_MS }))(newId());
    expect(receipt).toMatchObject({ errorCode: 'timeout-after-send', retryAfterMs: null });
  });
});
