import { describe, expect, it, jest } from '@jest/globals';
import { BusUnavailableError } from './bus-errors.ts';
import { FlowGate } from './flow-gate.ts';

const turn = () => new Promise((resolve) => { setImmediate(resolve); });

describe('the gate before the socket', () => {
  it('lets so many in and the rest wait in line, first come first', async () => {
    const gate = new FlowGate(1, 10);
    expect(gate.tryEnter()).toBe(true);
    const order: number[] = [];
    for (const n of [1, 2]) void gate.enter(1_000).then(() => order.push(n));
    expect(gate.tryEnter()).toBe(false);
    gate.leave();
    await turn();
    expect(order).toEqual([1]);
    gate.leave();
    await turn();
    expect(order).toEqual([1, 2]);
    expect(gate.inFlight).toBe(1);
  });

  it('lets nobody in while the socket is full', async () => {
    const gate = new FlowGate(5, 10);
    gate.pause();
    expect(gate.tryEnter()).toBe(false);
    const entered = gate.enter(1_000);
    expect(gate.inFlight).toBe(0);
    gate.resume();
    await entered;
    expect(gate.inFlight).toBe(1);
  });

  it('sends away who would make the line too long, who waited too long, and everyone when it is emptied', async () => {
    jest.useFakeTimers();
    const gate = new FlowGate(0, 2);
    const impatient = gate.enter(100);
    const patient = gate.enter(1_000);
    await expect(gate.enter(1_000)).rejects.toMatchObject({ code: 'overloaded' });
    jest.advanceTimersByTime(100);
    await expect(impatient).rejects.toMatchObject({ code: 'timeout', uncertain: false });
    gate.refuseAll(new BusUnavailableError('connection-lost', false));
    await expect(patient).rejects.toMatchObject({ code: 'connection-lost' });
    expect(gate.waiting).toBe(0);
    jest.useRealTimers();
  });
});
