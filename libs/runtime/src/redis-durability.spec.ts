import { describe, expect, it } from '@jest/globals';
import { explainStartError } from './explain-start-error.ts';
import { judgeRedis, RedisNotDurableError } from './redis-durability.ts';

const info = (changes: Record<string, string> = {}): string => Object.entries({
  aof_enabled: '1', aof_last_write_status: 'ok', maxmemory_policy: 'noeviction', ...changes,
}).map(([name, value]) => `${name}:${value}\r\n`).join('# Section\r\n');

describe('what waits in Redis', () => {
  it('is safe with the append-only file on and nothing evicted', () => {
    expect(judgeRedis(info())).toEqual([]);
  });

  it.each([
    ['the append-only file off', { aof_enabled: '0' }, /appendonly yes/],
    ['a disk that takes no more', { aof_last_write_status: 'err' }, /磁盘/],
    ['keys thrown away when memory is short', { maxmemory_policy: 'allkeys-lru' }, /allkeys-lru.*maxmemory-policy noeviction/],
  ])('is not safe with %s', (_, changes, zh) => {
    expect(judgeRedis(info(changes))).toEqual([{ zh: expect.stringMatching(zh), en: expect.any(String) }]);
  });

  it('is not called safe by a server that says nothing about it', () => {
    expect(judgeRedis('')).toHaveLength(2);
  });

  it('is named at a start that it stops, in both languages, with what to set', () => {
    const advice = explainStartError(new RedisNotDurableError(judgeRedis(info({ aof_enabled: '0', maxmemory_policy: 'volatile-ttl' }))));
    expect(advice.zh).toMatch(/appendonly yes.*maxmemory-policy noeviction/);
    expect(advice.en).toMatch(/appendonly yes.*maxmemory-policy noeviction/);
  });
});
