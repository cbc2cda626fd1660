import { describe, expect, it } from '@jest/globals';
import { metricsRegistry } from '#runtime';
import type { SettingsRow } from '../ledger/channel-settings-rows.ts';
import type { QueueFigures } from '../watch/queue-figures.ts';
import { measureChannels, measureTimers, rungOf } from './channel.metrics.ts';
import type { ChannelSight } from './channel.metrics.ts';

const NOW = new Date('2026-11-23T02:00:00Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);
const DECLARED = [{ spec: { name: 'centre-adapter.work-items' }, destination: 'centre' }, { spec: { name: 'gateway.intake' }, destination: null }] as unknown as QueueFigures['declared'];
const QUIET: ChannelSight = { now: NOW, pauses: [], settings: [], held: [], underWay: [], ladder: [], oldest: [], deadLetters: 0 };

const pause = { channel: 'intake:410204', paused: true, holds: true, reason: '维护', ticket: null, by_id: '1', by_name: '甲', paused_at: ago(90), until: null, resumed_at: null, version: 1 } as const;

// It is a Monday in Beijing.
const settings: SettingsRow = {
  channel: 'completion:410203', rate_per_second: 5, hours: [{ days: [2], from: '08:30', to: '17:30' }], sent_until: NOW, reason: '对方限流', ticket: null, by_id: '1', by_name: '甲', changed_at: NOW, version: 1,
};

async function shown(metric: string): Promise<Record<string, number>> {
  const text = await metricsRegistry.getSingleMetricAsString(metric);
  return Object.fromEntries([...text.matchAll(/\{(.*?)\} (\S+)$/gm)].map(([, labels = '', value = '']) => [labels.replaceAll('"', ''), Number(value)]));
}

describe('the metrics of channels', () => {
  it('show every channel, paused or not, and forget what is over', async () => {
    measureChannels({
      ...QUIET, settings: [settings], pauses: [pause, { ...pause, channel: 'completion:410202', holds: false }], held: [{ channel: 'intake:410204', count: 7, oldest_at: ago(9_000), waits_since: ago(60) }],
      underWay: [{ channel: 'intake:410203', count: 2, oldest_at: ago(5), oldest_made_at: ago(6) }], oldest: [{ destination: 'centre', oldest_at: ago(5) }],
    }, DECLARED);
    const paused = await shown('jiujin_channel_paused');
    expect(Object.keys(paused)).toHaveLength(8);
    expect([paused['channel=intake:410204'], paused['channel=completion:410202']]).toEqual([1, 0]);
    expect([paused['channel=completion:410203'], (await shown('jiujin_channel_outside_hours'))['channel=completion:410203'], (await shown('jiujin_channel_rate_limit'))['channel=completion:410203']]).toEqual([0, 1, 5]);
    expect((await shown('jiujin_channel_outside_hours'))['channel=intake:410203']).toBe(0);
    expect((await shown('jiujin_channel_paused_seconds'))['channel=intake:410204']).toBe(90);
    expect((await shown('jiujin_channel_held'))['channel=intake:410204']).toBe(7);
    expect((await shown('jiujin_channel_held_oldest_seconds'))['channel=intake:410204']).toBe(60);
    expect((await shown('jiujin_channel_in_flight'))['channel=intake:410203']).toBe(2);
    expect(await shown('jiujin_queue_oldest_seconds')).toEqual({ 'queue=centre-adapter.work-items': 5 });
    measureChannels(QUIET, DECLARED);
    expect(Object.values(await shown('jiujin_channel_held'))).toEqual(Array(8).fill(0));
    expect(await shown('jiujin_queue_oldest_seconds')).toEqual({ 'queue=centre-adapter.work-items': 0 });
  });

  it('show the ladder on a bounded number of rungs', async () => {
    expect([1, 5, 6, 10, 11, 20, 21, 1_000].map(rungOf)).toEqual(['1', '5', '6-10', '6-10', '11-20', '11-20', '21+', '21+']);
    const rung = { destination: 'centre', due: 1, oldest_at: ago(900) } as const;
    measureChannels({ ...QUIET, ladder: [{ ...rung, attempt: 1, count: 3, next_at: ago(-30) }, { ...rung, attempt: 6, count: 4, next_at: ago(10) }, { ...rung, attempt: 9, count: 5, next_at: ago(-90) }] }, DECLARED);
    expect(await shown('jiujin_retry_waiting')).toEqual({ 'destination=centre,rung=1': 3, 'destination=centre,rung=6-10': 9 });
    expect(await shown('jiujin_retry_due')).toEqual({ 'destination=centre': 3 });
    expect(await shown('jiujin_retry_next_seconds')).toEqual({ 'destination=centre': -10 });
  });

  it('say nothing of timers while Redis says nothing', async () => {
    measureTimers('retries', { waiting: 1, delayed: 8, active: 0 });
    expect((await shown('jiujin_timer_jobs'))['queue=retries,state=delayed']).toBe(8);
    measureTimers('retries', null);
    expect(await shown('jiujin_timer_jobs')).toEqual({});
  });
});
