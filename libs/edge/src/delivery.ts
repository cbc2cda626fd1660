import type { DeliveryReceipt, Destination, TransferOrder } from '#contracts';
import { classifyAttempt, type AttemptVerdict } from './classify-attempt.ts';
import type { Endpoint, Endpoints } from './endpoints.ts';
import { HttpClient } from './http-client.ts';
import { signOutgoing } from './signing.ts';
import { Slots } from './slots.ts';

/** The name under which the bridge signs what it delivers. */
const APP_KEY = 'bridge';

/** One attempt for one transfer order: signed, bounded in time, told as a receipt. What happens next is the gateway's to decide. */
export class Delivery {
  readonly #lines: ReadonlyMap<Destination, { endpoint: Endpoint; client: HttpClient; slots: Slots }>;

  /** `connections`: kept-alive connections per endpoint, which is also how many attempts may be under way to it. */
  constructor(endpoints: Endpoints, options: { connections: number }) {
    this.#lines = new Map([...endpoints].map(([destination, endpoint]) => [destination, {
      endpoint,
      client: new HttpClient(endpoint.url.origin, { connections: options.connections, timeoutMs: endpoint.timeoutMs }),
      slots: new Slots(options.connections),
    }]));
  }

  /** Makes the attempt as soon as a connection is free; its time runs from then. Never rejects. */
  async attempt(order: TransferOrder, traceparent: string | undefined): Promise<DeliveryReceipt> {
    const line = this.#lines.get(order.destination);
    if (line === undefined) return receiptOf(order, Date.now(), ENDPOINT_UNKNOWN, null, null);
    return line.slots.run(() => attemptOnce(order, line.endpoint, line.client, traceparent));
  }

  /** Lets attempts under way end (each has its time-out), then closes the connections. */
  async close(): Promise<void> {
    await Promise.all([...this.#lines.values()].map(({ client }) => client.close()));
  }
}

const ENDPOINT_UNKNOWN: AttemptVerdict = {
  outcome: 'technical', errorCode: 'endpoint-unknown', errorDetail: '没有为该目的地配置接收地址', retryAfterMs: null,
};

async function attemptOnce(
  order: TransferOrder, endpoint: Endpoint, client: HttpClient, traceparent: string | undefined,
): Promise<DeliveryReceipt> {
  const startedAt = Date.now();
  const body = Buffer.from(JSON.stringify(order.payload));
  const { result, responseDigest } = await client.post({
    path: endpoint.url.pathname + endpoint.url.search,
    headers: requestHeaders(order, endpoint, body, traceparent),
    body,
    timeoutMs: endpoint.timeoutMs,
  });
  const httpStatus = result.kind === 'answered' ? result.status : null;
  return receiptOf(order, startedAt, classifyAttempt(result, Date.now()), httpStatus, responseDigest);
}

function requestHeaders(order: TransferOrder, endpoint: Endpoint, body: Buffer, traceparent: string | undefined): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/json',
    'idempotency-key': order.transferId,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...signOutgoing({ method: 'POST', url: endpoint.url, body, appKey: APP_KEY }, endpoint.key),
  };
}

function receiptOf(
  order: TransferOrder, startedAt: number, verdict: AttemptVerdict, httpStatus: number | null, responseDigest: string | null,
): DeliveryReceipt {
  const finishedAt = Date.now();
  return {
    transferId: order.transferId,
    projectNo: order.projectNo,
    destination: order.destination,
    attempt: order.attempt,
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
    latencyMs: finishedAt - startedAt,
    ...verdict,
    httpStatus,
    responseDigest,
  };
}
