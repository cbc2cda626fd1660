import { describe, expect, it } from '@jest/globals';
import type { CircuitState, Destination } from '#contracts';
import type { CircuitRow } from '../ledger/edge-rows.ts';
import { expectedConsumers, livingAfter } from './living-programs.ts';

const AT = new Date('2026-11-23T02:00:00Z');
const program = (instance: string): Parameters<typeof expectedConsumers>[1][number] => ({ app: 'district-adapter', instance, seen_at: AT, first_seen_at: AT, stopped_at: null });
const circuit = (instance: string, state: CircuitState, destination: Destination = 'hall:410204'): CircuitRow => ({
  destination, app: 'district-adapter', instance, state, since: AT, troubled_since: null, reason: null, failures: 0, window_size: 1, held: 0, next_probe_at: null, updated_at: AT,
});

describe('the consumers a queue should have', () => {
  const hall = { consumer: 'district-adapter', destination: 'hall:410204' } as const;
  const two = [program('one'), program('two')];

  it.each([
    ['one for each program that serves the hall', [circuit('one', 'closed'), circuit('two', 'slow-start')], 2],
    ['none for a program that serves another hall', [circuit('one', 'closed'), circuit('two', 'closed', 'hall:410202')], 1],
    ['none for a program that holds them at its circuit', [circuit('one', 'open'), circuit('two', 'closed')], 1],
    ['none at all while every circuit is open or tries', [circuit('one', 'open'), circuit('two', 'half-open')], 0],
    ['one when no living program serves the hall', [circuit('gone', 'open')], 1],
  ])('%s', (_what, circuits, expected) => {
    expect(expectedConsumers(hall, two, circuits)).toBe(expected);
  });

  it('are not expected of a program that said that it stops', () => {
    const programs = livingAfter([program('one'), { ...program('two'), stopped_at: AT }], AT);
    expect(expectedConsumers({ consumer: 'district-adapter', destination: null }, programs, [])).toBe(1);
  });

  it('are as many as there are programs of its app, and one at least', () => {
    expect(expectedConsumers({ consumer: 'district-adapter', destination: null }, two, [])).toBe(2);
    expect(expectedConsumers({ consumer: 'gateway', destination: null }, two, [])).toBe(1);
  });
});
