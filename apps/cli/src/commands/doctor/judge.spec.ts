import { describe, expect, it } from '@jest/globals';
import { worst } from './finding.ts';
import type { Finding } from './finding.ts';
import { judgeAccess, judgeCertificate } from './judge-access.ts';
import { judgeAlerts, judgeChannels, judgeCircuits, judgeQueues, judgeWaiting } from './judge-flow.ts';
import { judgeInstances } from './judge-programs.ts';
import type { Instance } from './judge-programs.ts';
import { judgeClock, judgeHealth } from './judge-servers.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');
const at = (minutesAgo: number): string => new Date(NOW - minutesAgo * 60_000).toISOString();
const verdicts = (findings: readonly Finding[]): string[] => findings.map(({ verdict }) => verdict);
const queue = (given: object) => ({ brokerReachable: true, items: [{ queue: 'gateway.intake', app: 'gateway', exists: true, ready: 3, consumersPresent: 1, consumersExpected: 1, ...given }] }) as never;
const instance = (app: string, given: Partial<Instance> = {}): Instance => ({
  app, instance: `${app}-1`, living: true, lastSeenAt: at(0), spoolWaiting: 0, spoolOldestAt: null, journalEntries: 0, journalOldestAt: null, redisDurable: true, redisProblem: null, brokerAwaySince: null, stoppedAt: null, ...given,
});
const ALL = ['gateway', 'district-adapter', 'centre-adapter'].map((app) => instance(app));

describe('the doctor on a world that is well', () => {
  it('has nothing to advise', () => {
    const findings = [
      ...judgeHealth('网关', { status: 'up', checks: { redis: { status: 'up', latencyMs: 2 } } }, null), judgeClock(NOW - 500, NOW - 10, NOW + 10), ...judgeInstances(ALL, NOW), ...judgeQueues(queue({})),
      ...judgeCircuits([{ living: true, state: 'closed' } as never]), ...judgeChannels([{ state: 'running' } as never]), ...judgeAlerts([]), ...judgeWaiting({ transfers: [], deadLetters: 0, oldestUndelivered: null }),
      judgeAccess({ name: '测试甲', rights: ['see-metadata'] }, '登录', at(-60 * 24 * 30), NOW), judgeCertificate(NOW + 90 * 86_400_000, NOW),
    ];
    expect(findings.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    expect(worst(findings)).toBe('ok');
  });
});

describe('the doctor says what to do about', () => {
  it.each<[string, Finding[], string]>([
    ['a program that does not answer', judgeHealth('网关', null, '没有程序在这个端口上'), 'bad'],
    ['a server that is down', judgeHealth('网关', { status: 'down', checks: { rabbitmq: { status: 'down', latencyMs: 2000, reason: 'not ready' } } }, null).slice(1), 'bad'],
    ['a slow server', judgeHealth('网关', { status: 'up', checks: { redis: { status: 'up', latencyMs: 900 } } }, null).slice(1), 'warn'],
    ['a clock that is off', [judgeClock(NOW - 30_000, NOW, NOW)], 'warn'],
    ['a clock that signatures will not stand', [judgeClock(NOW + 120_000, NOW, NOW)], 'bad'],
    ['a gateway that hides its time', [judgeClock(null, NOW, NOW)], 'warn'],
    ['a program of which none runs', judgeInstances(ALL.slice(1), NOW).slice(0, 1), 'bad'],
    ['one of two that fell silent', judgeInstances([...ALL, instance('gateway', { living: false })], NOW).slice(0, 1), 'warn'],
    ['a Redis that forgets', judgeInstances([...ALL.slice(1), instance('gateway', { redisDurable: false, redisProblem: '没有开 AOF' })], NOW).slice(1, 2), 'bad'],
    ['a spool that does not drain', judgeInstances([...ALL.slice(1), instance('gateway', { spoolOldestAt: at(9) })], NOW).slice(1, 2), 'bad'],
    ['a journal that is not confirmed', judgeInstances([...ALL.slice(1), instance('gateway', { journalOldestAt: at(11) })], NOW).slice(1, 2), 'warn'],
    ['a queue that is not there', judgeQueues(queue({ exists: false })), 'bad'],
    ['a queue that nobody consumes', judgeQueues(queue({ consumersPresent: 0 })), 'bad'],
    ['a queue that too few consume', judgeQueues(queue({ consumersPresent: 1, consumersExpected: 2 })), 'warn'],
    ['a broker that cannot be asked', judgeQueues({ brokerReachable: false, items: [] }), 'bad'],
    ['an endpoint that is down', judgeCircuits([{ living: true, state: 'open', destinationZh: '中心', stateZh: '断开', reason: 'http-503' } as never]), 'bad'],
    ['a channel that somebody holds', judgeChannels([{ state: 'paused', channel: 'intake:410204', channelZh: '鼓楼', until: null } as never]), 'warn'],
    ['an alert', judgeAlerts([{ condition: 'circuit-open', conditionZh: '端点熔断', subjectZh: '中心', detailZh: '不通' } as never]), 'bad'],
    ['failed transfers', judgeWaiting({ transfers: [{ status: 'failed', count: 3 }], deadLetters: 0, oldestUndelivered: null }).slice(0, 1), 'warn'],
    ['a token that may see nothing', [judgeAccess({ name: '测试乙', rights: [] }, '登录', null, NOW)], 'bad'],
    ['a token that ends soon', [judgeAccess({ name: '测试乙', rights: ['see-metadata'] }, '登录', at(-60 * 24 * 3), NOW)], 'warn'],
    ['a certificate that has ended', [judgeCertificate(NOW - 1, NOW)], 'bad'],
  ])('%s', (_what, findings, verdict) => {
    expect(verdicts(findings)).toEqual([verdict]);
    for (const { advice } of findings) expect(advice).toMatch(/[\u4e00-\u9fff]/);
  });
});
