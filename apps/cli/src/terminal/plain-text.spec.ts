import { describe, expect, it } from '@jest/globals';
import { ago, duration, longTime, plain, shortTime } from './plain-text.ts';
import { bar } from './progress-bar.ts';

describe('text from elsewhere', () => {
  it('cannot move the cursor, colour a line or turn its direction', () => {
    expect(plain('\u001b[2Jgone\u0007 \u202edrow')).toBe('�[2Jgone� �drow');
    expect(plain('two\nlines\tand a tab')).toBe('two lines and a tab');
  });

  it('is a dash where there is none', () => {
    expect([plain(null), plain(undefined), plain(''), plain(0), plain(false)]).toEqual(['-', '-', '-', '0', '否']);
  });
});

describe('times', () => {
  it('are Beijing time as the API writes it', () => {
    expect([shortTime('2026-11-23T13:27:13.123+08:00'), shortTime(null), longTime('2026-11-23T13:27:13.123+08:00'), longTime(null)])
      .toEqual(['11-23 13:27:13', '-', '2026-11-23 13:27:13', '-']);
  });

  it('are said as people say them', () => {
    expect([duration(0), duration(59.6), duration(3_599), duration(3_600), duration(90_000), duration(null)]).toEqual(['0 秒', '1 分 0 秒', '59 分 59 秒', '1 小时 0 分', '1 天 1 小时', '-']);
    expect(ago('2026-11-23T00:00:00Z', Date.parse('2026-11-23T00:03:20Z'))).toBe('3 分 20 秒');
  });
});

describe('a progress bar', () => {
  it('is full only when all is done', () => {
    expect(bar(0, 10)).toMatch(/^░{30} {3}0%$/);
    expect(bar(999, 1000)).toMatch(/░ {2}99%$/);
    expect(bar(10, 10)).toMatch(/^█{30} 100%$/);
    expect(bar(0, 0)).toMatch(/100%$/);
  });
});
