import { describe, expect, it } from '@jest/globals';
import { judgeServers } from './judge-servers.ts';

const AWAY = new Date('2026-11-23T06:00:00Z');
const well = { instance: 'a', broker_away_since: null, redis_durable: true, redis_problem: null };
const cutOff = { ...well, instance: 'b', broker_away_since: AWAY };
const forgetful = { ...well, redis_durable: false, redis_problem: '未开启 AOF' };
const states = (...gateways: Parameters<typeof judgeServers>[0]): string[] => judgeServers(gateways).map(({ server, state }) => `${server} ${state}`);

describe('the servers, as the gateways see them', () => {
  it('are in order, cut off for some, or away', () => {
    expect(states(well, well)).toEqual(['postgresql good', 'rabbitmq good', 'redis good']);
    expect(states(well, cutOff)).toEqual(['postgresql good', 'rabbitmq partly', 'redis good']);
    expect(states(cutOff, cutOff)).toEqual(['postgresql good', 'rabbitmq bad', 'redis good']);
    expect(judgeServers([forgetful])[2]).toEqual({ server: 'redis', state: 'bad', detailZh: '未开启 AOF' });
  });

  it('are unknown while no gateway reports', () => {
    expect(states()).toEqual(['postgresql good', 'rabbitmq unknown', 'redis unknown']);
  });
});
