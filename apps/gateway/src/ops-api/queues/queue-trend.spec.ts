import { describe, expect, it } from '@jest/globals';
import type { QueueFigure } from '../../watch/queue-figures.ts';
import { QueueTrend } from './queue-trend.ts';

const figure = (messages: number): QueueFigure[] => [{ spec: { name: 'q' }, destination: null, state: { name: 'q', messages, consumers: 1 } } as QueueFigure];

describe('the trend of a queue', () => {
  it('is unknown at the first look, and then what it grew by in the time between', () => {
    const trend = new QueueTrend();
    expect(trend.perMinute(figure(10), 0).size).toBe(0);
    expect(trend.perMinute(figure(40), 30_000).get('q')).toBe(60);
    expect(trend.perMinute(figure(10), 60_000).get('q')).toBe(-60);
  });

  it('is not judged by looks that are a moment apart, nor by one from long ago', () => {
    const trend = new QueueTrend();
    trend.perMinute(figure(0), 0);
    expect(trend.perMinute(figure(5), 30_000).get('q')).toBe(10);
    // Half a second later: still measured from the first look, not from the one just now.
    expect(trend.perMinute(figure(5), 30_500).get('q')).toBe(10);
    expect(trend.perMinute(figure(9), 400_000).size).toBe(0);
  });
});
