import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { DeliveryReceipt, TransferOrder } from '#contracts';
import { until, withRedis } from '../../../test/support/index.ts';
import { Delivery } from './delivery.ts';
import { MANNERS, TestEndpoint, type Manners } from './endpoint.fixture.ts';
import { parseEndpoints } from './endpoints.ts';
import { SendClaims } from './send-claims.ts';

const within = 15_000;
const TIMEOUT_MS = 400;
/** Works longer than it is waited for, has it only then, and never answers. */
const COMMITTING_LATE: Manners = (request, response, apply) => {
  if (request.method === 'HEAD') return void response.end();
  setTimeout(apply, TIMEOUT_MS * 1.75);
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
  const delivery = new Delivery(parseEndpoints(JSON.stringify({ centre: entry })), {
    policy: { failures: 8, transfers: 3, connections: 16, probeBaseMs: 60, probeCapMs: 300, slowStartMs: 60_000 },
    holdMs: 60_000, claims: new SendClaims(redis, server.prefix),
    onChange: () => undefined, onConsuming: () => undefined, onProbe: () => undefined, onKept: () => undefined,
  });
  closing.push(async () => {
    delivery.stop();
    await delivery.close();
  });
  return (transferId) => {
    const order = { transferId, projectNo: 'P-1', destination: 'centre', kind: 'open', attempt: 1, payload: {} } as unknown as TransferOrder;
    return delivery.deliver(order, { traceparent: undefined, maybeSent: false });
  };
}

const newId = (): string => `tr_${randomUUID()}`;

describe('an endpoint that is asked first what it has', () => {
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

describe('an endpoint that knows a repetition', () => {
  it('gets it again as soon as the gateway likes', async () => {
    const place = await endpoint(MANNERS.hanging);
    const receipt = await deliveryTo(place.entry({ timeoutMs: TIMEOUT_MS }))(newId());
    expect(receipt).toMatchObject({ errorCode: 'timeout-after-send', retryAfterMs: null });
  });
});
