import { describe, expect, it } from '@jest/globals';
import { Gate } from './gate.ts';

/** Knocks; gives whether it was let in by now, and its way out. */
function knock(gate: Gate, needs: readonly string[]): { isIn: boolean; leave: (some?: readonly string[]) => void } {
  const visitor = { isIn: false, leave: (): void => { throw new Error('not in yet'); } };
  void gate.enter(needs).then((leave) => { Object.assign(visitor, { isIn: true, leave }); });
  return visitor;
}

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe('the gate between faults', () => {
  it('lets those in at once who need different things', async () => {
    const gate = new Gate();
    const [one, other] = [knock(gate, ['a', 'b']), knock(gate, ['c'])];
    await turn();
    expect([one.isIn, other.isIn]).toEqual([true, true]);
  });

  it('lets the second in when the first has left', async () => {
    const gate = new Gate();
    const [one, other] = [knock(gate, ['a']), knock(gate, ['a', 'b'])];
    await turn();
    expect([one.isIn, other.isIn]).toEqual([true, false]);
    one.leave();
    await turn();
    expect(other.isIn).toBe(true);
  });

  it('does not let a later one pass by who needs what an earlier one waits for', async () => {
    const gate = new Gate();
    const [one, waiting, late] = [knock(gate, ['a']), knock(gate, ['a', 'b']), knock(gate, ['b'])];
    await turn();
    expect([waiting.isIn, late.isIn]).toEqual([false, false]);
    one.leave();
    await turn();
    expect([waiting.isIn, late.isIn]).toEqual([true, false]);
  });

  it('takes back some of what is held, and the rest later', async () => {
    const gate = new Gate();
    const holder = knock(gate, ['server', 'holder']);
    const [server, second] = [knock(gate, ['server']), knock(gate, ['holder'])];
    await turn();
    holder.leave(['server']);
    await turn();
    expect([server.isIn, second.isIn]).toEqual([true, false]);
    holder.leave();
    await turn();
    expect(second.isIn).toBe(true);
  });
});
