import { describe, expect, it } from '@jest/globals';
import { GatewayConfig } from '../gateway.config.ts';
import type { PauseRow } from '../ledger/channel-rows.ts';
import type { SettingsRow } from '../ledger/channel-settings-rows.ts';
import type { EdgeInstanceRow } from '../ledger/edge-rows.ts';
import { CONDITIONS } from './conditions.ts';
import type { ConditionName } from './conditions.ts';
import { judgeAlerts } from './judge-alerts.ts';
import type { WatchFacts } from './watch-facts.ts';
import { watchLimits } from './watch-limits.ts';

const NOW = new Date('2026-11-23T10:00:00Z');
const limits = watchLimits(new GatewayConfig());
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);
const HOUR = 3_600;

function pause(given: Partial<PauseRow> = {}): PauseRow {
  return {
    channel: 'completion:410204', paused: true, holds: true, reason: '大厅停电', ticket: null, by_id: 'account:1', by_name: '测试甲', paused_at: ago(600),
    until: null, resumed_at: null, version: 1, ...given,
  };
}

const district = {
  app: 'district-adapter', instance: 'one', reported_at: NOW, first_seen_at: ago(9 * HOUR), seen_at: ago(1), canary_halls: ['410204', '410202'], stopped_at: null,
} as EdgeInstanceRow;
const canary = (hall_code: string): WatchFacts['canaries'][number] =>
  ({ hall_code, first_at: ago(9 * HOUR), last_at: ago(900), refused: null, round_at: ago(900), round_seconds: 2 });

type SetHours = Pick<SettingsRow, 'channel' | 'hours' | 'changed_at'>;

function judged(name: ConditionName, pauses: PauseRow[], open: string[] = [], channelSettings: SetHours[] = []): { open: string[]; closed: string[] } {
  const facts = {
    now: NOW, watchingSince: ago(9 * HOUR), brokerAwaySince: null, queues: [], programs: [district], circuits: [], canaries: [canary('410204'), canary('410202')], pauses, channelSettings,
  } as unknown as WatchFacts;
  const verdict = judgeAlerts({ [name]: CONDITIONS[name] }, facts, limits, open.map((subject, seq) => ({ seq, condition: name, subject })));
  return { open: verdict.open.map(({ subject }) => subject), closed: verdict.close.map(({ subject }) => subject) };
}

describe('a channel that people paused', () => {
  it('is an alert of its own after four hours, and over as soon as it goes on', () => {
    expect(judged('channel-paused', [pause({ paused_at: ago(4 * HOUR - 1) })])).toEqual({ open: [], closed: [] });
    expect(judged('channel-paused', [pause({ paused_at: ago(4 * HOUR) })])).toEqual({ open: ['completion:410204'], closed: [] });
    expect(judged('channel-paused', [pause({ paused: false, holds: false, paused_at: ago(5 * HOUR), resumed_at: ago(1) })], ['completion:410204']))
      .toEqual({ open: [], closed: ['completion:410204'] });
  });

  it('misses no canary of its hall, while every other hall\'s is missed as ever', () => {
    expect(judged('canary-late', [])).toMatchObject({ open: ['hall:410204', 'hall:410202'] });
    expect(judged('canary-late', [pause()])).toEqual({ open: ['hall:410202'], closed: [] });
    expect(judged('canary-late', [pause({ channel: 'intake:410204' })], ['hall:410204'])).toEqual({ open: ['hall:410202'], closed: [] });
  });

  it('is not what a channel outside its hours is, which misses no canary either, and gives them their time once its hours begin', () => {
    // Ten past and a quarter past six in the evening of a Monday in Beijing; it is six.
    const from = (time: string, changedAt = ago(9 * HOUR)): SetHours[] => [{ channel: 'intake:410204', hours: [{ days: [1], from: time, to: '24:00' }], changed_at: changedAt }];
    expect(judged('channel-paused', [], [], from('18:10'))).toEqual({ open: [], closed: [] });
    expect(judged('canary-late', [], ['hall:410204'], from('18:10'))).toEqual({ open: ['hall:410202'], closed: [] });
    expect(judged('canary-late', [], [], from('17:59'))).toMatchObject({ open: ['hall:410202'] });
    expect(judged('canary-late', [], [], from('12:00'))).toMatchObject({ open: ['hall:410204', 'hall:410202'] });
    // Until a moment ago it had other hours, or still has none: its canaries had no time yet.
    expect(judged('canary-late', [], [], from('12:00', ago(100)))).toMatchObject({ open: ['hall:410202'] });
    expect(judged('canary-late', [], [], [{ channel: 'intake:410204', hours: null, changed_at: ago(100) }])).toMatchObject({ open: ['hall:410202'] });
  });

  it('gives its canaries their time again once it goes on', () => {
    expect(judged('canary-late', [pause({ paused: false, holds: false, resumed_at: ago(100) })])).toMatchObject({ open: ['hall:410202'] });
    expect(judged('canary-late', [pause({ holds: false, until: ago(100) })])).toMatchObject({ open: ['hall:410202'] });
    expect(judged('canary-late', [pause({ paused: false, holds: false, resumed_at: ago(200) })])).toMatchObject({ open: ['hall:410204', 'hall:410202'] });
  });
});
