import { describe, expect, it } from '@jest/globals';
import { eventsBetween, frameOf } from './live-event.ts';
import type { LiveState } from './live-event.ts';

const alert = (alertId: number, given: object = {}): unknown => ({ alertId, open: true, detailZh: '不通', lastSeenAt: '2026-11-23T08:00:00+08:00', ...given });
const operation = (operationId: string, given: object = {}): unknown => ({ operationId, pinned: true, finishedAt: null, progress: { delivered: 0 }, ...given });
const state = (alerts: unknown[], operations: unknown[]): LiveState => ({ summary: {}, queues: {}, alerts, operations }) as unknown as LiveState;
const told = (before: LiveState | null, now: LiveState): string[] => eventsBetween(before, now).map(({ event }) => event);

describe('what a live view is told', () => {
  it('is how things are, at first: of alerts those that are open, of operations those that are pinned', () => {
    const now = state([alert(1), alert(2, { open: false })], [operation('op_1'), operation('op_2', { pinned: false })]);
    expect(eventsBetween(null, now).map(({ event, data }) => [event, (data as { alertId?: number; operationId?: string }).alertId ?? (data as { operationId?: string }).operationId]))
      .toEqual([['summary', undefined], ['queues', undefined], ['alert', 1], ['operation', 'op_1']]);
  });

  it('is nothing of alerts and operations while they stay as they are, however often they are seen', () => {
    const before = state([alert(1)], [operation('op_1')]);
    expect(told(before, state([alert(1, { lastSeenAt: '2026-11-23T08:00:15+08:00' })], [operation('op_1')]))).toEqual(['summary', 'queues']);
  });

  it('is a new alert, one that says something else, one that is over, and each step of an operation to its end', () => {
    const before = state([alert(1), alert(2)], [operation('op_1')]);
    const now = state([alert(1, { open: false }), alert(2, { detailZh: '仍不通' }), alert(3)], [operation('op_1', { finishedAt: '2026-11-23T08:00:00+08:00' })]);
    expect(told(before, now)).toEqual(['summary', 'queues', 'alert', 'alert', 'alert', 'operation']);
  });

  it('goes over the wire with an id, a name and one line of data', () => {
    const frame = frameOf('ab-7', { event: 'alert', data: alert(1, { detailZh: '第一行\n第二行' }) as never });
    expect(frame).toMatch(/^id: ab-7\nevent: alert\ndata: \{.*\}\n\n$/);
  });
});
