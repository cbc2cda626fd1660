import { describe, expect, it } from '@jest/globals';
import { edgeStatusProblems } from '#contracts';
import { parseEndpoints } from './endpoints.ts';
import { judgeEdgeSettings } from './judge-edge-settings.ts';

const PASSWORD = 'p3rfectly-random-0987';
const SAFE = { rabbitmqUrl: [`amqps://bridge:${PASSWORD}@mq.example`], redisUrl: `rediss://:${PASSWORD}@redis.example`, host: '0.0.0.0', opsToken: 'x'.repeat(32) };
const endpointsAt = (...urls: string[]) => parseEndpoints(JSON.stringify(Object.fromEntries(urls.map((url, index) => [`hall:41020${index}`, { url, signing: { keyId: 'k', algorithm: 'HMAC-SM3', secret: 's'.repeat(32) } }]))));
type Given = Partial<Parameters<typeof judgeEdgeSettings>[0]>;
const found = (given: Given, url = 'https://hall.example/v1', environment = 'production'): string[] =>
  judgeEdgeSettings({ ...SAFE, ...given }, endpointsAt(url), environment).map(({ setting, severity }) => `${setting} ${severity}`);

describe('the settings of an adapter', () => {
  it('that are safe have nothing said against them', () => {
    expect(found({})).toEqual([]);
  });

  it.each<[string, Parameters<typeof found>, string[]]>([
    ['an endpoint over the network without TLS', [{}, 'http://hall.example/v1'], ['ENDPOINTS bad']],
    ['one on this machine', [{}, 'http://127.0.0.1:9001/v1'], []],
    ['the same outside production', [{}, 'http://hall.example/v1', 'development'], ['NODE_ENV warn', 'ENDPOINTS warn']],
    ['the password that RabbitMQ comes with', [{ rabbitmqUrl: ['amqps://guest:guest@mq.example'] }], ['RABBITMQ_URL bad']],
    ['a Redis over the network without TLS', [{ redisUrl: `redis://:${PASSWORD}@redis.example` }], ['REDIS_URL bad']],
    ['metrics that nobody can read', [{ opsToken: undefined }], ['OPS_TOKEN warn']],
  ])('%s', (_what, given, concerns) => {
    expect(found(...given)).toEqual(concerns);
  });

  it('are told in a form that the gateway takes, however many endpoints there are', () => {
    const endpoints = endpointsAt(...Array.from({ length: 9 }, (_, index) => `http://hall-${index}.example/v1`));
    const concerns = judgeEdgeSettings({ rabbitmqUrl: ['amqp://guest:guest@mq.example'], redisUrl: 'redis://redis.example', host: '0.0.0.0' }, endpoints, 'production');
    const report = { app: 'centre-adapter', instance: 'one', at: '2026-11-23T01:30:00Z', circuits: [], spool: null, journal: null, redisDurable: true, redisProblem: null, concerns };
    expect([concerns.length, edgeStatusProblems(report)]).toEqual([6, []]);
  });

  it('are told without a host, a user or a password', () => {
    const told = JSON.stringify(judgeEdgeSettings({ ...SAFE, rabbitmqUrl: ['amqp://bridge:short@mq.example'] }, endpointsAt('http://hall.example/v1'), 'production'));
    for (const hidden of ['example', 'bridge', 'short', 'sss']) expect(told).not.toContain(hidden);
  });
});
