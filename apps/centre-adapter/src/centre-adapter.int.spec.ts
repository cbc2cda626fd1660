import { createHash, createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Channel, type ChannelModel, type GetMessage } from 'amqplib';
import { EXCHANGES, QUEUES, transferIdOf, transferRoute } from '#contracts';
import { startEdgeApp } from '#edge';
import { createLogger, KeyRing, loadConfig, type RunningApp } from '#runtime';
import accepted from '../../../libs/contracts/examples/case.accepted.json' with { type: 'json' };
import received from '../../../libs/contracts/examples/case.received.json' with { type: 'json' };
import { until, withRedis, withVhost } from '../../../test/support/index.ts';
import { CentreAdapterConfig } from './centre-adapter.config.ts';
import { CentreAdapterModule } from './centre-adapter.module.ts';

const PATH = '/v1/outcome-events';
const SECRET = 'synthetic-secret-centre';
const LEDGER_KEYS = KeyRing.generateJson();
const ring = KeyRing.fromJson(LEDGER_KEYS);
const arrivals: { headers: IncomingHttpHeaders; body: string }[] = [];
const centre = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => { body += chunk; }).on('end', () => {
    arrivals.push({ headers: request.headers, body });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}');
  });
});
let adapter: RunningApp;
let broker: ChannelModel;
let channel: Channel;

// Before the fixtures' own hooks: the vhost goes only after those who use it.
afterAll(async () => {
  await adapter.close();
  centre.close();
  await broker.close();
});

const vhost = withVhost();
const redis = withRedis();

beforeAll(async () => {
  centre.listen(0, '127.0.0.1');
  await once(centre, 'listening');
  const config = loadConfig(CentreAdapterConfig, {
    PORT: '0', LEDGER_KEYS, RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix,
    INGRESS_KEYS: JSON.stringify({ centre: [{ keyId: 'c1', algorithm: 'HMAC-SHA256', secret: SECRET }] }),
    ENDPOINTS: JSON.stringify({ centre: { url: `http://127.0.0.1:${(centre.address() as AddressInfo).port}/v1/work-items`, signing: { keyId: 'b1', algorithm: 'HMAC-SHA256', secret: SECRET } } }),
  });
  const logger = createLogger('centre-adapter', { level: 'fatal' });
  adapter = await startEdgeApp(CentreAdapterModule.forRoot(config, logger), config, logger);
  broker = await connect(vhost.url);
  channel = await broker.createChannel();
});

async function post(event: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const body = JSON.stringify(event);
  const digest = createHash('sha256').update(body).digest('hex');
  const [at, nonce] = [String(Date.now()), randomUUID()];
  const response = await fetch(`http://127.0.0.1:${adapter.port}${PATH}`, {
    method: 'POST', body,
    headers: {
      'content-type': 'application/json', 'x-app-key': 'centre', 'x-key-id': 'c1', 'x-timestamp': at, 'x-nonce': nonce, 'x-sign-alg': 'HMAC-SHA256', 'x-content-digest': digest,
      'x-signature': createHmac('sha256', SECRET).update(`POST\n${PATH}\n\n${digest}\ncentre\nc1\n${at}\n${nonce}`).digest('hex'),
    },
  });
  return { status: response.status, body: await response.json() as Record<string, unknown> };
}

async function take(queue: string): Promise<Record<string, unknown>> {
  const message = await until<GetMessage | false>(() => channel.get(queue, { noAck: true }), { within: 20_000, what: `a message in ${queue}` }) as GetMessage;
  return JSON.parse(ring.open(Number(message.properties.headers?.['x-key-version']), message.content).toString()) as Record<string, unknown>;
}

describe('the centre\'s side', () => {
  it('takes an outcome and names the transfer towards the hall', async () => {
    const event = { ...accepted, id: randomUUID() };
    expect(await post(event)).toEqual({ status: 202, body: { id: event.id, transferId: transferIdOf('/centre', event.id, 'hall'), status: 'accepted' } });
    expect(await take(QUEUES.outcomes)).toEqual(event);
  });

  it('lets no centre receive a case', async () => {
    expect(await post({ ...received, source: '/centre' })).toMatchObject({ status: 403, body: { code: 'not-your-event' } });
    expect(await take(QUEUES.doorRefusals)).toMatchObject({ app: 'centre-adapter', party: 'centre', code: 'not-your-event' });
  });

  it('delivers a work item under its Idempotency-Key and hands in the receipt', async () => {
    const transferId = `tr_${randomUUID()}`;
    const order = { transferId, projectNo: 'P-1', destination: 'centre', kind: 'open', attempt: 3, payload: { workItemNo: transferId } };
    const sealed = ring.seal(Buffer.from(JSON.stringify(order)));
    channel.publish(EXCHANGES.transfers, transferRoute('centre'), sealed.bytes, { persistent: true, messageId: transferId, type: 'transfer.order', headers: { 'x-key-version': sealed.version } });
    expect(await take(QUEUES.receipts)).toMatchObject({ transferId, projectNo: 'P-1', destination: 'centre', attempt: 3, outcome: 'delivered', httpStatus: 200 });
    expect(arrivals).toMatchObject([{ headers: { 'idempotency-key': transferId, 'x-app-key': 'bridge', 'x-key-id': 'b1' }, body: JSON.stringify(order.payload) }]);
  });
});
