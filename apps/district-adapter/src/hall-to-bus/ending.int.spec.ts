import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until, withRedis, withVhost } from '../../../../test/support/index.ts';
import { signedHeaders } from '../district-adapter.fixture.ts';
import { caseNo, eventOf, IngressRig, PATH, type Adapter } from './ingress-rig.fixture.ts';

let rig: IngressRig;
// Before the fixtures' own hooks: the vhost goes only after those who use it.
afterAll(() => rig.close());
const vhost = withVhost();
const redis = withRedis();
beforeAll(async () => {
  rig = new IngressRig({ broker: vhost.url, redis: redis.url, prefix: redis.prefix });
  await rig.open();
});

/** Half of what a request may take: who waited for the sender, or for its connection, would take longer. */
const SOON_S = 15;

async function secondsToEnd(adapter: Adapter): Promise<number> {
  const startedAt = performance.now();
  await rig.stop(adapter);
  return (performance.now() - startedAt) / 1000;
}

describe('an adapter that is asked to end', () => {
  it('cuts off a sender that never finishes its request', async () => {
    const adapter = await rig.start();
    const socket = connect(Number(new URL(adapter.origin).port), '127.0.0.1');
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.write(`POST ${PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`);
    await until(async () => (await fetch(`${adapter.origin}/health/live`)).ok, { within: 20_000 });
    expect(await secondsToEnd(adapter)).toBeLessThan(SOON_S);
    await closed;
  });

  it('answers what it has in hand, and does not wait for the sender to let go of its connection', async () => {
    const adapter = await rig.start({ CONFIRM_PATIENCE_MS: '1500' });
    rig.brokerWire.stall();
    const agent = new Agent({ keepAlive: true });
    const body = JSON.stringify(eventOf(caseNo()));
    const call = request(adapter.origin + PATH, { method: 'POST', agent, headers: signedHeaders(PATH, body) });
    const answered = once(call, 'response') as Promise<[{ statusCode: number; resume(): void }]>;
    call.end(body);
    await until(async () => await rig.entries() > 0, { within: 20_000, every: 10, what: 'the event in the journal' });
    const ended = secondsToEnd(adapter);
    const [answer] = await answered;
    answer.resume();
    expect(answer.statusCode).toBe(202);
    expect(await ended).toBeLessThan(SOON_S);
    agent.destroy();
    rig.mend();
  });
});
