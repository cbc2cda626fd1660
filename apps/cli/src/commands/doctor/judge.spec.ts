import { describe, expect, it } from '@jest/globals';
import { worst } from './finding.ts';
import type { Finding } from './finding.ts';
import { judgeAccess, judgeCertificate } from './judge-access.ts';
import { judgeAlerts, judgeChannels, judgeCircuits, judgeQueues, judgeWaiting } from './judge-flow.ts';
import { judgeInstances } from './judge-programs.ts';
import type { Instance } from './judge-programs.ts';
import { judgeDisk } from './judge-disk.ts';
import { judgeFacts } from './judge-facts.ts';
import { judgeSigningKeys } from './judge-keys.ts';
import type { Facts } from './judge-facts.ts';
import { judgeClock, judgeHealth } from './judge-servers.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');
const at = (minutesAgo: number): string => new Date(NOW - minutesAgo * 60_000).toISOString();
const verdicts = (findings: readonly Finding[]): string[] => findings.map(({ verdict }) => verdict);
const queue = (given: object) => ({ brokerReachable: true, items: [{ queue: 'gateway.intake', app: 'gateway', exists: true, ready: 3, consumersPresent: 1, consumersExpected: 1, ...given }] }) as never;
const instance = (app: string, given: Partial<Instance> = {}): Instance => ({
  app, instance: `${app}-1`, living: true, lastSeenAt: at(0), spoolWaiting: 0, spoolOldestAt: null, journalEntries: 0, journalOldestAt: null, redisDurable: true, redisProblem: null, brokerAwaySince: null, stoppedAt: null, ...given,
});
const ALL = ['gateway', 'district-adapter', 'centre-adapter'].map((app) => instance(app));

const GIB = 1024 ** 3;
const disk = (freeBytes: number, totalBytes = 100 * GIB) => ({ whatZh: '数据', freeBytes, totalBytes });
const node = { node: 'rabbit@a', running: true, diskFreeBytes: 50 * GIB, diskLimitBytes: GIB, diskAlarm: false, memoryUsedBytes: GIB, memoryLimitBytes: 4 * GIB, memoryAlarm: false };
const key = (given: object = {}) => ({ party: 'hall:410204', partyZh: '鼓楼区', keyId: 'k-1', notBefore: null, notAfter: null, ...given });
const WELL: Facts = {
  rabbitmq: { takes: true, nodes: [node], nodesUnknownZh: null },
  postgresql: { version: '15', databaseBytes: GIB, connections: 10, connectionsMost: 100, durable: true, inRecovery: false, oldestTransactionSeconds: 1, clockAheadMs: 3 },
  redis: { usedBytes: GIB, mostBytes: null, problemZh: null, clockAheadMs: -4 }, disks: [disk(50 * GIB)],
  ledgerKeys: { active: 2, versions: [1, 2], fileChangedAt: at(60), fileOpenToOthers: false }, signingKeys: [key()], settings: [{ isDefault: true }], concerns: [],
};
/** What the doctor finds otherwise than in a world that is well. */
const otherwise = (given: Partial<Facts>): Finding[] => judgeFacts({ ...WELL, ...given }, NOW).filter(({ verdict }) => verdict !== 'ok');

describe('the doctor on a world that is well', () => {
  it('has nothing to advise', () => {
    const findings = [
      ...judgeFacts(WELL, NOW), judgeDisk('本机', disk(50 * GIB)),
      ...judgeHealth('网关', { status: 'up', checks: { redis: { status: 'up', latencyMs: 2 } } }, null), judgeClock(NOW - 500, NOW - 10, NOW + 10), ...judgeInstances(ALL, NOW), ...judgeQueues(queue({})),
      ...judgeCircuits([{ living: true, state: 'closed' } as never]), ...judgeChannels([{ state: 'running' } as never]), ...judgeAlerts([]), ...judgeWaiting({ transfers: [], openLetters: 0, moreLetters: false, oldestUndelivered: null }),
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
    ['failed transfers', judgeWaiting({ transfers: [{ status: 'failed', count: 3 }], openLetters: 0, moreLetters: false, oldestUndelivered: null }).slice(0, 1), 'warn'],
    ['a token that may see nothing', [judgeAccess({ name: '测试乙', rights: [] }, '登录', null, NOW)], 'bad'],
    ['a token that ends soon', [judgeAccess({ name: '测试乙', rights: ['see-metadata'] }, '登录', at(-60 * 24 * 3), NOW)], 'warn'],
    ['a disk that is full', otherwise({ disks: [disk(GIB / 2)] }), 'bad'],
    ['a small disk with little left', otherwise({ disks: [disk(GIB / 2, 4 * GIB)] }), 'bad'],
    ['a disk that fills up', otherwise({ disks: [disk(8 * GIB)] }), 'warn'],
    ['a broker that takes nothing', otherwise({ rabbitmq: { ...WELL.rabbitmq, takes: false } }), 'bad'],
    ['a broker of which nothing is known', otherwise({ rabbitmq: { takes: true, nodes: null, nodesUnknownZh: '没有设' } }), 'warn'],
    ['a node of the broker that is down', otherwise({ rabbitmq: { ...WELL.rabbitmq, nodes: [{ ...node, running: false }] } }), 'bad'],
    ['a node whose disk is too full to take anything', otherwise({ rabbitmq: { ...WELL.rabbitmq, nodes: [{ ...node, diskAlarm: true }] } }), 'bad'],
    ['a node whose memory is nearly full', otherwise({ rabbitmq: { ...WELL.rabbitmq, nodes: [{ ...node, memoryUsedBytes: 3.5 * GIB }] } }), 'warn'],
    ['a database that forgets', otherwise({ postgresql: { ...WELL.postgresql, durable: false } }), 'bad'],
    ['a database that only follows', otherwise({ postgresql: { ...WELL.postgresql, inRecovery: true } }), 'bad'],
    ['a database with hardly a connection left', otherwise({ postgresql: { ...WELL.postgresql, connections: 90 } }), 'warn'],
    ['a transaction that somebody forgot', otherwise({ postgresql: { ...WELL.postgresql, oldestTransactionSeconds: 4_000 } }), 'warn'],
    ['a Redis that cannot be asked', otherwise({ redis: null }), 'warn'],
    ['a Redis that is nearly full', otherwise({ redis: { usedBytes: 9, mostBytes: 10, problemZh: null, clockAheadMs: 0 } }), 'warn'],
    ['a server whose clock is off', otherwise({ postgresql: { ...WELL.postgresql, clockAheadMs: -9_000 } }), 'warn'],
    ['a server whose clock is of another day', otherwise({ postgresql: { ...WELL.postgresql, clockAheadMs: 86_400_000 } }), 'bad'],
    ['keys that others can read', otherwise({ ledgerKeys: { ...WELL.ledgerKeys, fileOpenToOthers: true } }), 'bad'],
    ['keys that nobody changes', otherwise({ ledgerKeys: { ...WELL.ledgerKeys, fileChangedAt: at(60 * 24 * 500) } }), 'warn'],
    ['a party none of whose keys is good', otherwise({ signingKeys: [key({ notAfter: at(1) })] }), 'bad'],
    ['a party between two keys', otherwise({ signingKeys: [key({ notAfter: at(1) }), key({ keyId: 'k-2', notBefore: at(-60 * 24 * 60) })] }), 'bad'],
    ['a party whose last key ends this week', otherwise({ signingKeys: [key({ notAfter: at(-60 * 24 * 3) })] }), 'bad'],
    ['a party whose last key ends this month', otherwise({ signingKeys: [key({ notAfter: at(-60 * 24 * 20) })] }), 'warn'],
    ['adapters that report no keys', judgeSigningKeys([], NOW), 'warn'],
    ['a setting that is unsafe', otherwise({ concerns: [{ app: 'gateway', setting: 'RABBITMQ_URL', severity: 'bad', zh: '密码太短', adviceZh: '换一个' }] }), 'bad'],
    ['a certificate that has ended', [judgeCertificate(NOW - 1, NOW)], 'bad'],
  ])('%s', (_what, findings, verdict) => {
    expect(verdicts(findings)).toEqual([verdict]);
    for (const { advice } of findings) expect(advice).toMatch(/[\u4e00-\u9fff]/);
  });
});

describe('the keys of a party', () => {
  it('are well as long as one of them is good for a while: an old one beside it does not matter', () => {
    expect(verdicts(judgeSigningKeys([key({ notAfter: at(1) }), key({ keyId: 'k-2', notAfter: at(-60 * 24 * 90) })], NOW))).toEqual(['ok']);
  });

  it('are told by name, never by what they are', () => {
    expect(judgeSigningKeys([key()], NOW)[0]?.found).toContain('k-1');
  });
});
