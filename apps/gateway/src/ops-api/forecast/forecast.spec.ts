import { describe, expect, it } from '@jest/globals';
import { catchUpAfter, forecast } from './forecast.ts';
import type { ChannelLoad } from './forecast.ts';

const NOW = new Date('2026-11-23T06:00:00Z');
const inMinutes = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);
const load = (given: Partial<ChannelLoad> = {}): ChannelLoad => ({ waiting: 0, inPerMinute: 0, outPerMinute: 0, busiestMinute: null, pausedUntil: null, cases: [], ...given });

describe('the forecast of a backlog', () => {
  it('says when it is worked off: what comes meanwhile counts', () => {
    expect(forecast(load({ waiting: 100, outPerMinute: 10 }), NOW)).toMatchObject({ verdict: 'clearing', clearsAt: inMinutes(10) });
    expect(forecast(load({ waiting: 100, outPerMinute: 10, inPerMinute: 5 }), NOW)).toMatchObject({ verdict: 'clearing', clearsAt: inMinutes(20) });
  });

  it('says so when that never comes, and when there is nothing', () => {
    expect(forecast(load(), NOW)).toMatchObject({ verdict: 'clear', breaches: 0, firstBreachAt: null });
    expect(forecast(load({ waiting: 100, outPerMinute: 10, inPerMinute: 10 }), NOW)).toMatchObject({ verdict: 'growing', clearsAt: null });
    expect(forecast(load({ waiting: 100 }), NOW)).toMatchObject({ verdict: 'standing', clearsAt: null });
    expect(forecast(load({ waiting: 1_000_000, outPerMinute: 0.1 }), NOW)).toMatchObject({ verdict: 'growing', clearsAt: null });
  });

  it('counts whose deadline comes before their turn, each by its own place, and says when the first comes', () => {
    const cases = [
      { position: 10, dueAt: inMinutes(2) }, { position: 50, dueAt: inMinutes(4) }, { position: 90, dueAt: inMinutes(8.5) }, { position: 100, dueAt: inMinutes(10) }, { position: 100, dueAt: null },
    ];
    expect(forecast(load({ waiting: 100, outPerMinute: 10, cases }), NOW)).toMatchObject({ overdue: 0, breaches: 2, firstBreachAt: inMinutes(4) });
  });

  it('counts apart what is overdue already', () => {
    const cases = [{ position: 1, dueAt: inMinutes(-1) }, { position: 2, dueAt: NOW }];
    expect(forecast(load({ waiting: 2, outPerMinute: 0.1, cases }), NOW)).toMatchObject({ overdue: 2, breaches: 0 });
  });

  it('looks at the next 24 hours where nothing moves', () => {
    const cases = [{ position: 1, dueAt: inMinutes(60) }, { position: 2, dueAt: inMinutes(25 * 60) }];
    expect(forecast(load({ waiting: 2, cases }), NOW)).toMatchObject({ breaches: 1, firstBreachAt: inMinutes(60), horizon: inMinutes(24 * 60) });
  });

  it('begins when the pause ends, at the pace of the busiest minute', () => {
    const paused = { waiting: 100, inPerMinute: 10, busiestMinute: 60, pausedUntil: inMinutes(30) };
    expect(forecast(load({ ...paused, cases: [{ position: 60, dueAt: inMinutes(30.5) }, { position: 60, dueAt: inMinutes(31.5) }] }), NOW))
      .toMatchObject({ verdict: 'clearing', clearsAt: inMinutes(38), breaches: 1 });
    expect(forecast(load({ ...paused, busiestMinute: null }), NOW)).toMatchObject({ verdict: 'held', clearsAt: null });
    expect(forecast(load({ ...paused, pausedUntil: 'for-good', cases: [{ position: 1, dueAt: inMinutes(60) }] }), NOW)).toMatchObject({ verdict: 'held', clearsAt: null, breaches: 1 });
  });
});

describe('the catch-up after a downtime', () => {
  const halls = [{ waiting: 20, inPerMinute: 3, busiestMinute: 40 }, { waiting: 10, inPerMinute: 2, busiestMinute: 25 }];

  it('of a running one counts what waits now and what comes until its end', () => {
    expect(catchUpAfter(halls, { from: inMinutes(-30), to: inMinutes(60) }, NOW)).toEqual({ waitingAtEnd: 330, caughtUpAt: inMinutes(65.5) });
  });

  it('of a coming one counts what comes while it lasts', () => {
    expect(catchUpAfter(halls, { from: inMinutes(60), to: inMinutes(120) }, NOW)).toEqual({ waitingAtEnd: 300, caughtUpAt: inMinutes(125) });
  });

  it('is not known without a pace, and never comes when more comes than goes', () => {
    expect(catchUpAfter([{ waiting: 5, inPerMinute: 1, busiestMinute: null }], { from: NOW, to: inMinutes(10) }, NOW)).toEqual({ waitingAtEnd: 15, caughtUpAt: null });
    expect(catchUpAfter([{ waiting: 5, inPerMinute: 9, busiestMinute: 8 }], { from: NOW, to: inMinutes(10) }, NOW).caughtUpAt).toBeNull();
  });
});
