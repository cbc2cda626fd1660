import { describe, expect, it } from '@jest/globals';
import type { SimulatorStatus } from './programs/control.ts';
import { StuckWatch } from './stuck-watch.ts';
import { isAtRest, isFinished, liveView, plainLine, type Moment } from './view/live-view.ts';

function side(change: { accepted?: number; started?: number; open?: number; ended?: number } = {}): SimulatorStatus {
  const { accepted = 10, started = 5, open = 1, ended = 4 } = change;
  return {
    events: { accepted, refused: 0, retries: 0 }, effects: { received: 9, repeated: 0, refused: 0 }, cases: { started, open, ended },
    halls: { 410204: { name: '鼓楼区政务服务大厅', stages: { RECEIVED: 1, ENDED: 4 } } }, perSecond: { sent: 1.5, received: 2 },
    oldestOpen: open === 0 ? null : { projectNo: '410204-7-x-000003', flow: 'straight', stage: 'ACCEPTED', forMs: 61_000 }, problems: [],
  };
}

const bridge = (status: string, count: number): Moment['bridge'] => ({
  transfers: [{ destination: 'centre', status, count }], waitingEvents: { count: 0 }, refusals: { door: 0, lifecycle: 0 }, duplicates: { suppressed: 0, conflicting: 0 },
  deadLetters: 0, recent: { eventsPerSecond: 3, deliveredPerSecond: 4, failedAttempts: 0, p50Ms: 1, p99Ms: 2 },
});

describe('a counted run', () => {
  it('is stuck when nothing moved for the whole patience, and the case is named', () => {
    const watch = new StuckWatch(60_000);
    const moment = { platform: side(), centre: side({ open: 0 }), bridge: null };
    expect(watch.look(moment, 1_000)).toBeNull();
    expect(watch.look(moment, 60_999)).toBeNull();
    expect(watch.look(moment, 61_000)).toMatch(/60 秒没有任何进展.*大厅还有 1 件没有到头.*410204-7-x-000003（straight，停在 ACCEPTED）/);
  });

  it.each<[string, Moment]>([
    ['an event was accepted', { platform: side({ accepted: 11 }), centre: side(), bridge: null }],
    ['the other side ended a case', { platform: side(), centre: side({ ended: 5 }), bridge: null }],
  ])('is not stuck when %s', (_, later) => {
    const watch = new StuckWatch(60_000);
    watch.look({ platform: side(), centre: side(), bridge: null }, 0);
    watch.look(later, 59_000);
    expect(watch.look(later, 100_000)).toBeNull();
  });

  it('says so when a simulator does not answer', () => {
    const watch = new StuckWatch(1);
    watch.look({ platform: null, centre: side(), bridge: null }, 0);
    expect(watch.look({ platform: null, centre: side(), bridge: null }, 10)).toContain('大厅的模拟程序没有回答');
  });

  it('is finished only when all cases began and neither side has an open one', () => {
    const done = side({ open: 0, ended: 5 });
    expect(isFinished({ platform: done, centre: done, bridge: null }, 5)).toBe(true);
    expect(isFinished({ platform: done, centre: done, bridge: null }, 6)).toBe(false);
    expect(isFinished({ platform: done, centre: side(), bridge: null }, 5)).toBe(false);
    expect(isFinished({ platform: done, centre: null, bridge: null }, 5)).toBe(false);
  });

  it.each([['held', false], ['in_flight', false], ['retry_wait', false], ['delivered', true], ['failed', true]])(
    'leaves the bridge at rest with a %s transfer: %s', (status, expected) => {
      expect(isAtRest({ platform: null, centre: null, bridge: bridge(status, 1) })).toBe(expected);
    });
});

describe('the live view', () => {
  const moment = { platform: side(), centre: side(), bridge: bridge('failed', 3) };

  it('shows the cases of each hall by stage, the rates, the failures and the addresses', () => {
    const view = liveView(moment, ['http://127.0.0.1:8700/api/docs']);
    for (const part of ['鼓楼区政务服务大厅', '已收件', '已到头', '送达 4.0', '失败 3', 'http://127.0.0.1:8700/api/docs', 'Ctrl-C']) expect(view).toContain(part);
  });

  it('is one line where there is no terminal', () => {
    expect(plainLine(moment)).toBe('收件 5，在办 1，到头 4；大厅每秒送出 1.5、收到 2.0，桥每秒入账 3.0、送达 4.0；待送 0，重试 0，失败 3，死信 0，暂存 0，入口拒收 0');
  });
});
