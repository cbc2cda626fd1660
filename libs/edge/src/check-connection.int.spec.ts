import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ConnectionCheck } from '#contracts';
import { until } from '../../../test/support/index.ts';
import { checkConnection } from './check-connection.ts';
import { ConnectionChecks } from './connection-checks.ts';
import { parseEndpoints, type Endpoint } from './endpoints.ts';
import { selfSigned } from './self-signed.fixture.ts';

const SIGNING = { keyId: 'k1', algorithm: 'HMAC-SHA256', secret: Buffer.alloc(32, 7).toString('base64') };
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function endpointAt(url: string, timeoutMs = 10_000): Endpoint {
  const endpoint = parseEndpoints(JSON.stringify({ centre: { url, timeoutMs, signing: SIGNING } })).get('centre');
  if (endpoint === undefined) throw new Error('there is no endpoint');
  return endpoint;
}

/** Answers every request with a status, and remembers what came. */
async function answering(status: number): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const port = await listening(createHttp((request, response) => {
    seen.push(`${request.method} ${request.headers['x-app-key'] === 'bridge' && request.headers['x-signature'] !== undefined ? 'signed' : 'bare'} ${request.headers['content-length'] ?? '0'}`);
    response.writeHead(status).end();
  }));
  return { url: `http://127.0.0.1:${port}/v1/work-items`, seen };
}

describe('the way to an endpoint', () => {
  it('is gone to its end with a signed HEAD and nothing that could be taken for a transfer', async () => {
    const { url, seen } = await answering(405);
    expect(await checkConnection(endpointAt(url), true)).toMatchObject({ ok: true, step: 'http', code: null, httpStatus: 405, certificateNotAfter: null });
    expect(seen).toEqual(['HEAD signed 0']);
    expect(await checkConnection(endpointAt(url), false)).toMatchObject({ ok: true, step: 'tcp', httpStatus: null });
    expect(seen).toHaveLength(1);
  });

  it.each([[503, 'http-503'], [401, 'http-401']])('ends at an answer %i, by its name', async (status, code) => {
    const { url } = await answering(status);
    expect(await checkConnection(endpointAt(url), true)).toMatchObject({ ok: false, step: 'http', code, httpStatus: status });
  });

  it('ends at a port behind which nobody is', async () => {
    const server = createTcp();
    const port = await listening(server);
    server.close();
    await once(server, 'close');
    expect(await checkConnection(endpointAt(`http://127.0.0.1:${port}/`), true)).toMatchObject({ ok: false, step: 'tcp', code: 'connection-refused', detailZh: expect.stringMatching(/\S/) as unknown });
  });

  it('ends at a name that nobody knows', async () => {
    expect(await checkConnection(endpointAt('http://nobody.invalid/'), true)).toMatchObject({ ok: false, step: 'dns', code: 'dns' });
  });

  it('ends at a certificate that is not trusted, and says until when it would be good', async () => {
    const port = await listening(createHttps(selfSigned('localhost'), (_request, response) => response.end()));
    expect(await checkConnection(endpointAt(`https://127.0.0.1:${port}/`), true)).toMatchObject({ ok: false, step: 'tls', code: 'tls-untrusted', certificateNotAfter: '2049-12-31T23:59:59.000Z' });
  });

  it('ends in time at one who takes the connection and says nothing', async () => {
    const port = await listening(createTcp(() => undefined));
    expect(await checkConnection(endpointAt(`https://127.0.0.1:${port}/`, 2_500), true)).toMatchObject({ ok: false, step: 'tls' });
  });
});

describe('the looks of an adapter', () => {
  it('answer each question by its name, one after another, and say that there is no such endpoint', async () => {
    const { url } = await answering(200);
    const told: ConnectionCheck[][] = [];
    const checks: ConnectionChecks = new ConnectionChecks(new Map([['centre', endpointAt(url)]]), () => { told.push(checks.latest()); });
    checks.test({ testId: 'ct_1', destination: 'centre' });
    checks.test({ testId: 'ct_2', destination: 'hall:410204' });
    await until(() => told.length === 2, { within: 20_000, what: 'two answers' });
    expect(told[1]).toEqual([
      expect.objectContaining({ testId: 'ct_1', destination: 'centre', ok: true, httpStatus: 200 }),
      expect.objectContaining({ testId: 'ct_2', destination: 'hall:410204', ok: false, step: 'address', code: 'endpoint-unknown' }),
    ]);
    checks.stop();
    checks.test({ testId: 'ct_3', destination: 'centre' });
    expect(checks.latest().map(({ testId }) => testId)).toEqual(['ct_1', 'ct_2']);
  });

  it('remember until when the certificate is good while the endpoint is down', async () => {
    const server = createHttps(selfSigned('localhost'), (_request, response) => response.end());
    const port = await listening(server);
    let told = 0;
    const checks = new ConnectionChecks(new Map([['centre', endpointAt(`https://127.0.0.1:${port}/`)]]), () => { told += 1; });
    checks.test({ testId: 'ct_1', destination: 'centre' });
    await until(() => told === 1, { within: 20_000, what: 'the first answer' });
    server.close();
    checks.test({ testId: 'ct_2', destination: 'centre' });
    await until(() => told === 2, { within: 20_000, what: 'the second answer' });
    checks.stop();
    expect(checks.latest()).toEqual([expect.objectContaining({ testId: 'ct_2', ok: false, step: 'tcp', certificateNotAfter: '2049-12-31T23:59:59.000Z' })]);
  });
});
