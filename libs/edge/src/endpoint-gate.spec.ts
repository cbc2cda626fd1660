import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { EndpointGate, type Permit } from './endpoint-gate.ts';
import type { CircuitPolicy, Signal } from './judge-circuit.ts';
import type { ProbeAnswer } from './probe-endpoint.ts';

const POLICY: CircuitPolicy = { failures: 2, transfers: 2, connections: 4, probeBaseMs: 1, probeCapMs: 1, slowStartMs: 60_000 };
const PATIENT = { kept: 0, patienceMs: 60_000 };

describe('the gate of an endpoint', () => {
  const gates: EndpointGate[] = [];
  afterEach(() => {
    gates.splice(0).forEach((gate) => gate.close());
    jest.restoreAllMocks();
  });

  /** A gate whose probes the test answers. */
  function gate(policy = POLICY) {
    const consuming: boolean[] = [];
    const states: string[] = [];
    const probes: ((answer: ProbeAnswer) => void)[] = [];
    let asked = Promise.withResolvers<void>();
    const made = new EndpointGate({
      destination: 'centre', policy, onChange: ({ to }) => states.push(to), onConsuming: (on) => consuming.push(on),
      probe: () => new Promise((resolve) => { probes.push(resolve); asked.resolve(); }),
    });
    gates.push(made);
    const answerProbe = async (alive: boolean): Promise<void> => {
      await asked.promise;
      asked = Promise.withResolvers();
      probes.shift()?.({ alive, retryAfterMs: null });
      await Promise.resolve();
    };
    return { gate: made, consuming, states, answerProbe };
  }

  const leave = (made: EndpointGate, permit: Permit | null, signal: Signal, transferId = 'tr_1'): string => {
    if (permit === null) throw new Error('there was no permit');
    return made.leave(permit, { signal, transferId, kept: 0, reason: null, retryAfterMs: null });
  };

  async function opened(policy = POLICY) {
    const rig = gate(policy);
    for (const id of ['tr_1', 'tr_2']) leave(rig.gate, await rig.gate.enter(PATIENT), 'unreachable', id);
    expect(rig.gate.status()).toMatchObject({ state: 'open', held: 0 });
    return rig;
  }

  it('lets as many through as there are connections, the next when one has left, in order', async () => {
    const { gate: made } = gate();
    const order: number[] = [];
    const entering = Array.from({ length: 6 }, (_, n) => made.enter(PATIENT).then((permit) => { order.push(n); return permit; }));
    const first = await entering[0] ?? null;
    await Promise.all(entering.slice(0, 4));
    expect(order).toEqual([0, 1, 2, 3]);
    leave(made, first, 'alive');
    await entering[4];
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it('gives the trial to an order that has not failed yet, whoever waited longer', async () => {
    const { gate: made, answerProbe } = await opened();
    const entered: string[] = [];
    const failed = made.enter({ kept: 1, patienceMs: 60_000 }).then(() => entered.push('failed before'));
    const fresh = made.enter(PATIENT).then((permit) => { entered.push('fresh'); return permit; });
    await answerProbe(true);
    const trial = await fresh;
    expect([entered, trial]).toEqual([['fresh'], { trial: true }]);
    leave(made, trial, 'alive');
    await failed;
    expect(entered).toEqual(['fresh', 'failed before']);
  });

  it('does not open the queue for a trial as long as an order is in hand', async () => {
    const { gate: made, consuming, states, answerProbe } = await opened();
    const inHand = made.enter(PATIENT);
    await answerProbe(true);
    const trial = await inHand;
    expect([states.at(-1), consuming]).toEqual(['half-open', [false]]);
    leave(made, trial, 'alive');
    expect([states.at(-1), consuming]).toEqual(['slow-start', [false, true]]);
  });

  it('opens it when nobody waits, and shuts it again when the trial fails', async () => {
    const { gate: made, consuming, answerProbe } = await opened();
    await answerProbe(false);
    expect(consuming).toEqual([false]);
    await answerProbe(true);
    expect(consuming).toEqual([false, true]);
    expect(leave(made, await made.enter(PATIENT), 'unreachable')).toBe('keep');
    expect(consuming).toEqual([false, true, false]);
  });

  it('asks again although the next time to ask is the one that it had before', async () => {
    const { gate: made, answerProbe } = await opened({ ...POLICY, probeBaseMs: 0 });
    jest.spyOn(Date, 'now').mockReturnValue(Date.now());
    for (const alive of [false, false, true]) await answerProbe(alive);
    expect(made.status().state).toBe('half-open');
  });

  it('tries nothing before all that was begun before the outage has ended', async () => {
    const rig = gate();
    const [first, second, late] = await Promise.all([rig.gate.enter(PATIENT), rig.gate.enter(PATIENT), rig.gate.enter(PATIENT)]);
    leave(rig.gate, first, 'unreachable', 'tr_1');
    leave(rig.gate, second, 'unreachable', 'tr_2');
    const entered: string[] = [];
    const waiting = rig.gate.enter(PATIENT).then(() => entered.push('trial'));
    await rig.answerProbe(true);
    expect([rig.states.at(-1), entered]).toEqual(['half-open', []]);
    expect(leave(rig.gate, late, 'unreachable', 'tr_3')).toBe('keep');
    await waiting;
    expect(rig.states.at(-1)).toBe('half-open');
  });
});
