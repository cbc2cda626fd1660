import { describe, expect, it } from '@jest/globals';
import { GatewayConfig } from '../../gateway.config.ts';
import { judgeSettings } from './judge-settings.ts';
import { showSettings } from './show-settings.ts';

const PASSWORD = 'p3rfectly-random-0987';
const SAFE = {
  rabbitmqUrl: [`amqps://bridge:${PASSWORD}@mq.kaifeng.example`], redisUrl: `rediss://:${PASSWORD}@redis.kaifeng.example`, databaseUrl: `postgres://bridge:${PASSWORD}@db.kaifeng.example/ledger?sslmode=verify-full`,
  publicUrl: 'https://ops.kaifeng.example', host: '0.0.0.0', receiverDedupeWindows: '{"centre": 604800000}', opsToken: 'x'.repeat(40), ledgerKeys: '{}',
};
const config = (given: Partial<GatewayConfig> = {}): GatewayConfig => Object.assign(new GatewayConfig(), SAFE, given);
const concerns = (given: Partial<GatewayConfig>, environment = 'production'): string[] => judgeSettings({ config: config(given), environment }).map(({ setting, severity }) => `${setting} ${severity}`);

describe('settings', () => {
  it('that are safe have nothing said against them', () => {
    expect(concerns({})).toEqual([]);
  });

  it.each<[string, Partial<GatewayConfig>, string[]]>([
    ['the password that RabbitMQ comes with', { rabbitmqUrl: ['amqps://guest:guest@mq.example'] }, ['RABBITMQ_URL bad']],
    ['a password that is the user', { databaseUrl: 'postgres://bridge-of-kaifeng:bridge-of-kaifeng@db.example/ledger?sslmode=require' }, ['DATABASE_URL bad']],
    ['a short password on this machine', { databaseUrl: 'postgres://bridge:short@127.0.0.1/ledger' }, ['DATABASE_URL warn']],
    ['a Redis of another machine without a password', { redisUrl: 'rediss://redis.example' }, ['REDIS_URL bad']],
    ['a Redis of this machine without a password', { redisUrl: 'redis://127.0.0.1:6379' }, []],
    ['a way over the network that is not encrypted', { rabbitmqUrl: [`amqp://bridge:${PASSWORD}@mq.example`] }, ['RABBITMQ_URL bad']],
    ['a database over the network without TLS', { databaseUrl: `postgres://bridge:${PASSWORD}@db.example/ledger` }, ['DATABASE_URL bad']],
    ['browsers that come without TLS', { publicUrl: 'http://ops.kaifeng.example' }, ['PUBLIC_URL bad']],
    ['a door to the network of which browsers know nothing', { publicUrl: undefined }, ['PUBLIC_URL warn']],
    ['a second person who is never asked', { operationApproveAbove: 500_000 }, ['OPERATION_APPROVE_ABOVE warn']],
    ['a count that is never typed', { operationConfirmAbove: 100_000 }, ['OPERATION_CONFIRM_ABOVE warn']],
    ['canaries that nobody misses', { canaryLateMs: 0 }, ['CANARY_LATE_MS warn']],
    ['receivers of which nobody knows how long they remember', { receiverDedupeWindows: undefined }, ['RECEIVER_DEDUPE_WINDOWS warn']],
  ])('%s', (_what, given, found) => {
    expect(concerns(given)).toEqual(found);
  });

  it('outside production are warned of only, and that it is none', () => {
    expect(concerns({ rabbitmqUrl: [`amqp://bridge:${PASSWORD}@mq.example`] }, 'development')).toEqual(['RABBITMQ_URL warn', 'NODE_ENV warn']);
  });

  it('are told without a secret, a host or a user, and so is what is said against them', () => {
    const told = JSON.stringify([showSettings(config({ oidcClientSecret: 'a-client-secret', contacts: '{"ours": {"phone": "0371-1234567"}}' })), judgeSettings({ config: config({ rabbitmqUrl: ['amqp://bridge:short@mq.kaifeng.example'] }), environment: 'production' })]);
    for (const hidden of [PASSWORD, 'short', 'kaifeng', 'bridge:', 'a-client-secret', '1234567', 'x'.repeat(40)]) expect(told).not.toContain(hidden);
    expect(told).toContain('RETRY_CAP_MS');
  });
});
