import { describe, expect, it } from '@jest/globals';
import { judgeChannel } from './judge-channel.ts';
import type { JudgedChannel } from './judge-channel.ts';

const WELL: JudgedChannel = {
  paused: false, opensAt: null, oldestSeconds: 3, p95Seconds: 2, targetSeconds: 60, circuit: 'closed', queue: { exists: true, ready: 4, present: 1, expected: 1 }, failed: 0,
};

describe('a channel from afar', () => {
  it('is in order while nothing is late and somebody takes what waits', () => {
    expect(judgeChannel(WELL)).toEqual({ tone: 'good', whyZh: [] });
    expect(judgeChannel({ ...WELL, circuit: null, oldestSeconds: null, p95Seconds: null }).tone).toBe('good');
  });

  it('says in words that nobody takes what waits, instead of just being red', () => {
    expect(judgeChannel({ ...WELL, queue: { exists: true, ready: 312, present: 0, expected: 2 } })).toEqual({ tone: 'bad', whyZh: ['队列有 312 条，0 个消费者（应有 2 个）'] });
    expect(judgeChannel({ ...WELL, queue: { exists: true, ready: 312, present: 1, expected: 2 } }).tone).toBe('warn');
    expect(judgeChannel({ ...WELL, queue: { exists: false, ready: 0, present: 0, expected: 1 } })).toEqual({ tone: 'bad', whyZh: ['队列不存在'] });
    expect(judgeChannel({ ...WELL, queue: null })).toEqual({ tone: 'warn', whyZh: ['问不到 RabbitMQ'] });
  });

  it.each([
    [{ circuit: 'open' }, 'bad'], [{ circuit: 'half-open' }, 'warn'], [{ circuit: 'slow-start' }, 'warn'], [{ oldestSeconds: 61 }, 'warn'], [{ oldestSeconds: 601 }, 'bad'],
    [{ p95Seconds: 61 }, 'warn'], [{ failed: 1 }, 'warn'], [{ circuit: 'open', failed: 1 }, 'bad'],
  ] as const)('%j makes it %s', (given, tone) => {
    expect(judgeChannel({ ...WELL, ...given }).tone).toBe(tone);
  });

  it('is in order outside its hours, says when they begin, and is not late by what waits for them', () => {
    const night = { ...WELL, opensAt: '2026-11-24T08:30:00.000+08:00', oldestSeconds: 9_000 };
    expect(judgeChannel(night)).toEqual({ tone: 'good', whyZh: ['不在投递时段，11-24 08:30 开始'] });
    expect(judgeChannel({ ...night, failed: 1 }).tone).toBe('warn');
    expect(judgeChannel({ ...night, paused: true })).toEqual({ tone: 'warn', whyZh: ['已暂停'] });
  });

  it('is not late by what a person holds back', () => {
    expect(judgeChannel({ ...WELL, paused: true, oldestSeconds: 9_000 })).toEqual({ tone: 'warn', whyZh: ['已暂停'] });
  });
});
