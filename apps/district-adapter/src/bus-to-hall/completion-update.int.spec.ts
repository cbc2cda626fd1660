import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Channel, type ChannelModel } from 'amqplib';
import { partsOf } from '#bus';
import { completionUpdatesQueue, deadLetterQueue, EXCHANGES, QUEUES, recordedRoute, REPORT_ROUTES, transferRoute, type ConnectionCheck, type DeliveryReceipt, type Destination, type EdgeStatus } from '#contracts';
import { KeyRing, type RunningApp } from '#runtime';
import { freePort, until, withRedis, withVhost } from '../../../../test/support/index.ts';
import { LEDGER_KEYS, startAdapter } from '../district-adapter.fixture.ts';
import { Platform, PLATFORM_KEYS, type Arrival } from '../platform.fixture.ts';

/** Long for what should arrive, short for what never will: a busy machine must not look like a slow receiver. */
const PATIENT_MS = 10_000;
const HASTY_MS = 1_500;
const ring = KeyRing.fromJson(LEDGER_KEYS);
const platform = new Platform();
let adapter: RunningApp;
let broker: ChannelModel;
let channel: Channel;
const receipts: DeliveryReceipt[] = [];

// Before the fixtures' own hooks: the vhost goes only after those who use it.
afterAll(async () => {
  platform.close();
  await broker.close();
});

const vhost = withVhost();
const redis = withRedis();

beforeAll(async () => {
  const origin = await platform.open();
  const closed = `http://127.0.0.1:${await freePort()}/v1`;
  const endpoint = (code: '410204' | '410203', query: string): object => (
    { url: `${origin}/v1/halls/${code}/completion-updates${query}`, timeoutMs: PATIENT_MS, signing: PLATFORM_KEYS[code] });
  adapter = await startAdapter({
    RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, DELIVERY_CONNECTIONS: '4',
    ENDPOINTS: JSON.stringify({
      'hall:410204': endpoint('410204', ''),
      'hall:410203': endpoint('410203', '?b=2&a=1'),
      'hall:410202': { url: `${origin}/hasty`, timeoutMs: HASTY_MS, signing: PLATFORM_KEYS['410204'] },
      'hall:410205': { url: closed, signing: PLATFORM_KEYS['410204'] },
    }),
  });
  broker = await connect(vhost.url);
  channel = await broker.createChannel();
  await channel.consume(QUEUES.receipts, (message) => {
    if (message === null) return;
    receipts.push(...partsOf(message).map(({ content, properties }) => open<DeliveryReceipt>(content, properties.headers ?? {})));
    channel.ack(message);
  });
});

/** Asks the adapter to test the way to a hall, as the gateway does, and gives the answer from its reports. */
async function tested(testId: string, destination: Destination): Promise<ConnectionCheck> {
  const answers: ConnectionCheck[] = [];
  const { consumerTag } = await channel.consume(QUEUES.edgeStatus, (message) => {
    if (message === null) return;
    answers.push(...open<EdgeStatus>(message.content, message.properties.headers ?? {}).connections?.filter((check) => check.testId === testId) ?? []);
    channel.ack(message);
  });
  const sealed = ring.seal(Buffer.from(JSON.stringify({ testId, destination })));
  channel.publish(EXCHANGES.reports, recordedRoute('district-adapter'), sealed.bytes, {
    persistent: true, messageId: `test.${testId}`, type: 'connection.test', headers: { 'x-key-version': sealed.version },
  });
  const answer = await until(() => answers[0], { within: 30_000, what: `the answer to ${testId}` });
  await channel.cancel(consumerTag);
  return answer;
}

function open<T>(content: Buffer, headers: Record<string, unknown>): T {
  return JSON.parse(ring.open(Number(headers['x-key-version']), content).toString()) as T;
}

function order(destination: Destination, change: object = {}): string {
  const transferId = `tr_${randomUUID()}`;
  const body = { transferId, projectNo: '410204-20261123-000001', destination, kind: 'acceptance', attempt: 1, payload: { recordNo: transferId, 姓名: '测试甲' }, ...change };
  const sealed = ring.seal(Buffer.from(JSON.stringify(body)));
  channel.publish(EXCHANGES.transfers, transferRoute(destination), sealed.bytes, {
    persistent: true, messageId: transferId, type: 'transfer.order',
    headers: { 'x-key-version': sealed.version, 'x-project-no': '410204-20261123-000001', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
  });
  return transferId;
}

function receiptOf(transferId: string): Promise<DeliveryReceipt> {
  return until(() => receipts.find((receipt) => receipt.transferId === transferId), { within: 30_000, what: `the receipt of ${transferId}` });
}

function arrivalOf(transferId: string): Arrival | undefined {
  return platform.arrivals.find((arrival) => arrival.transferId === transferId);
}

describe('a completion update goes to the platform', () => {
  it.each([['410204', '/v1/halls/410204/completion-updates'], ['410203', '/v1/halls/410203/completion-updates?b=2&a=1']] as const)(
    'of hall %s signed, with its Idempotency-Key, and comes back as a receipt', async (code, path) => {
      const transferId = order(`hall:${code}`);
      const receipt = await receiptOf(transferId);
      expect(receipt).toMatchObject({
        destination: `hall:${code}`, attempt: 1, outcome: 'delivered', httpStatus: 200, errorCode: null, errorDetail: null, retryAfterMs: null,
        // sha256 of {"received":true}, by sha256sum
        responseDigest: '332ddb00d111581386a54b79f7f57765ffc70cf17001c124c3db983a6e7d131b',
      });
      expect(Date.parse(receipt.finishedAt)).toBeGreaterThanOrEqual(Date.parse(receipt.startedAt));
      const arrival = arrivalOf(transferId);
      expect(arrival).toMatchObject({ path, authentic: true, headers: { 'content-type': 'application/json', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } });
      expect(JSON.parse(arrival?.body ?? '')).toEqual({ recordNo: transferId, 姓名: '测试甲' });
    });

  it('marked for the sandbox when it is a canary\'s, and only then', async () => {
    const ids = [order('hall:410204', { projectNo: 'CANARY-410204-1' }), order('hall:410204')];
    await Promise.all(ids.map(receiptOf));
    expect(ids.map((id) => arrivalOf(id)?.headers['x-jiujin-canary'])).toEqual(['1', undefined]);
  });

  it('many at once over few connections, each once', async () => {
    const ids = Array.from({ length: 60 }, () => order('hall:410204'));
    const outcomes = await Promise.all(ids.map(async (id) => (await receiptOf(id)).outcome));
    expect(outcomes.every((outcome) => outcome === 'delivered')).toBe(true);
    for (const id of ids) expect(platform.arrivals.filter(({ transferId }) => transferId === id)).toHaveLength(1);
  });
});

describe('an attempt that fails is told as what it was', () => {
  const failing = (behaviour: Parameters<Platform['onTransfer']>[1], destination: Destination = 'hall:410204'): Promise<DeliveryReceipt> => {
    const transferId = `tr_${randomUUID()}`;
    platform.onTransfer(transferId, behaviour);
    order(destination, { transferId });
    return receiptOf(transferId);
  };

  it('503 with Retry-After is retryable, and the wait is handed on', async () => {
    const receipt = await failing((response) => response.writeHead(503, { 'retry-after': '9' }).end('姓名：测试甲'));
    expect(receipt).toMatchObject({ outcome: 'retryable', httpStatus: 503, errorCode: 'http-503', retryAfterMs: 9_000 });
    expect(receipt.errorDetail).not.toContain('测试甲');
  });

  it.each([400, 409, 410, 422])('%i is permanent', async (status) => {
    expect(await failing((response) => response.writeHead(status).end())).toMatchObject({ outcome: 'permanent', httpStatus: status, responseDigest: null });
  });

  it('silence is a time-out after sending, within the endpoint\'s time', async () => {
    const receipt = await failing(() => undefined, 'hall:410202');
    expect(receipt).toMatchObject({ outcome: 'retryable', httpStatus: null, errorCode: 'timeout-after-send' });
    expect(receipt.latencyMs).toBeGreaterThanOrEqual(HASTY_MS - 10);
  });

  it('an answer that trickles on for ever is cut off at the endpoint\'s time', async () => {
    const receipt = await failing((response) => {
      response.writeHead(503);
      const trickle = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(trickle));
    }, 'hall:410202');
    expect(receipt).toMatchObject({ outcome: 'retryable', httpStatus: 503, errorCode: 'http-503' });
  });

  it('a connection dropped after the request is a reset after sending', async () => {
    expect(await failing((_, request) => request.socket.destroy())).toMatchObject({ outcome: 'retryable', errorCode: 'reset-after-send' });
  });

  it('an answer that is not HTTP is told so', async () => {
    expect(await failing((_, request) => request.socket.end('rubbish\r\n\r\n'))).toMatchObject({ outcome: 'retryable', errorCode: 'not-http' });
  });

  it('an endless answer is cut off, and its status counts', async () => {
    const receipt = await failing((response) => {
      response.writeHead(200);
      const pour = setInterval(() => response.write('x'.repeat(16_384)), 5);
      response.on('close', () => clearInterval(pour));
    });
    expect(receipt).toMatchObject({ outcome: 'delivered', httpStatus: 200 });
    expect(receipt.latencyMs).toBeLessThan(PATIENT_MS);
  });

  it('nobody listening is a refused connection; no address at all is technical', async () => {
    expect(await receiptOf(order('hall:410205'))).toMatchObject({ outcome: 'retryable', errorCode: 'connection-refused', httpStatus: null });
    expect(await receiptOf(order('hall:410205', { destination: 'hall:999999' }))).toMatchObject({ outcome: 'technical', errorCode: 'endpoint-unknown', httpStatus: null });
  });

  it('an order that cannot be read becomes a dead letter', async () => {
    order('hall:410204', { payload: null });
    const headers = await until(async () => {
      const letter = await channel.get(deadLetterQueue('district-adapter'), { noAck: true });
      return letter === false ? null : letter.properties.headers;
    }, { within: 20_000, what: 'the dead letter' });
    expect(JSON.stringify(headers)).toContain('order-unreadable');
  });
});

describe('a test of the way to a hall', () => {
  it('is made when the gateway asks, and answered with the next report; nothing comes to the hall that it could take for an update', async () => {
    const before = platform.arrivals.filter(({ body }) => body !== '').length;
    expect(await tested('ct_1', 'hall:410204')).toMatchObject({ destination: 'hall:410204', ok: true, step: 'http', code: null });
    expect(await tested('ct_2', 'hall:410205')).toMatchObject({ ok: false, step: 'tcp', code: 'connection-refused' });
    expect(await tested('ct_3', 'hall:419999')).toMatchObject({ ok: false, step: 'address', code: 'endpoint-unknown' });
    expect(platform.arrivals.filter(({ body }) => body !== '').length).toBe(before);
  });
});

describe('an order whose receipt cannot be handed in', () => {
  it('stays, and ends with a receipt, without the platform being asked twice', async () => {
    await channel.unbindQueue(QUEUES.receipts, EXCHANGES.reports, REPORT_ROUTES.receipt);
    const transferId = order('hall:410204');
    const queue = `queues/${encodeURIComponent(vhost.name)}/${completionUpdatesQueue('410204')}`;
    await until(async () => {
      const { message_stats: counted } = await vhost.api<{ message_stats?: { redeliver?: number } }>('GET', queue);
      return (counted?.redeliver ?? 0) > 1;
    }, { within: 30_000, what: 'the order handed out anew' });
    expect(receipts.some((receipt) => receipt.transferId === transferId)).toBe(false);
    await channel.bindQueue(QUEUES.receipts, EXCHANGES.reports, REPORT_ROUTES.receipt);
    expect(await receiptOf(transferId)).toMatchObject({ outcome: 'delivered', attempt: 1 });
    expect(platform.arrivals.filter((arrival) => arrival.transferId === transferId)).toHaveLength(1);
  });
});

describe('an order whose receipt is on the bus', () => {
  it('is settled: when the adapter has closed, none of them is left', async () => {
    await adapter.close();
    for (const code of ['410202', '410203', '410204', '410205']) {
      expect(await channel.checkQueue(completionUpdatesQueue(code))).toMatchObject({ messageCount: 0 });
    }
  });
});
