import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { closedCircuit, judgeCircuit, type AttemptEvent, type Circuit, type CircuitEvent, type CircuitPolicy, type Signal } from './judge-circuit.ts';

const POLICY: CircuitPolicy = { failures: 8, transfers: 3, connections: 32, probeBaseMs: 1_000, probeCapMs: 30_000, slowStartMs: 60_000 };
const START = Date.parse('2026-11-23T01:00:00Z');
const SIGNALS: readonly Signal[] = ['alive', 'throttled', 'refused', 'unreachable', 'none'];
const isDown = (signal: Signal): boolean => signal === 'refused' || signal === 'unreachable';

const attempt = (signal: Signal, change: Partial<AttemptEvent> = {}): AttemptEvent => (
  { kind: 'attempt', signal, transferId: 'tr_1', reason: isDown(signal) ? `code-${signal}` : null, trial: false, kept: 0, retryAfterMs: null, ...change });

/** The circuit after these events, a second apart. */
function after(events: readonly CircuitEvent[], from = closedCircuit(POLICY, START)): Circuit {
  return events.reduce((circuit, event, index) => judgeCircuit(circuit, event, POLICY, { now: START + index * 1_000, random: 0.5 }).next, from);
}

const failures = (count: number, signal: Signal = 'unreachable', transfers = count): AttemptEvent[] =>
  Array.from({ length: count }, (_, n) => attempt(signal, { transferId: `tr_${n % transfers}` }));
const dead = { kind: 'probe', alive: false, retryAfterMs: null } as const;
const alive = { ...dead, alive: true };
const OPEN = after(failures(8));
const HALF_OPEN = after([alive], OPEN);
const SLOW = after([attempt('alive', { trial: true })], HALF_OPEN);

describe('a circuit opens', () => {
  it('with the eighth failure in a row, and remembers why', () => {
    expect(after(failures(7)).state).toBe('closed');
    expect(OPEN).toMatchObject({ state: 'open', reason: 'code-unreachable', failures: 8, window: 0 });
    expect(after(failures(8, 'refused'))).toMatchObject({ state: 'open', reason: 'code-refused' });
  });

  it.each(['alive', 'throttled'] as const)('not when one of them is %s in between: such an endpoint lives', (signal) => {
    expect(after([...failures(7), attempt(signal), ...failures(7)])).toMatchObject({ state: 'closed', failures: 7 });
  });

  it('not for two poisonous transfers that are answered 5xx, but for the third', () => {
    expect(after(failures(50, 'refused', 2)).state).toBe('closed');
    expect(after([...failures(50, 'refused', 2), attempt('refused', { transferId: 'tr_third' })]).state).toBe('open');
  });

  it('for a single transfer that nobody answers', () => {
    expect(after(failures(8, 'unreachable', 1)).state).toBe('open');
    expect(after([attempt('refused'), ...failures(7, 'unreachable', 1)]).state).toBe('closed');
  });

  it('not for trouble of our own', () => {
    expect(after(failures(50, 'none')).state).toBe('closed');
  });
});

describe('an open circuit', () => {
  it('keeps in hand what fails late, and reports what arrived after all', () => {
    for (const signal of SIGNALS) {
      const { next, fate } = judgeCircuit(OPEN, attempt(signal), POLICY, { now: START, random: 0 });
      expect([next, fate]).toEqual([OPEN, isDown(signal) ? 'keep' : 'report']);
    }
  });

  it('is probed ever more rarely, up to every 30 s', () => {
    const waits = Array.from({ length: 8 }, (_, count) => {
      const moment = { now: START + 50_000, random: 1 };
      const circuit = after(Array.from({ length: count }, () => dead), OPEN);
      return (judgeCircuit(circuit, dead, POLICY, moment).next.nextProbeAt ?? 0) - moment.now;
    });
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  });

  it('gives an endpoint the time it asks for, at most a minute', () => {
    const wait = (retryAfterMs: number): number => (judgeCircuit(OPEN, { ...dead, retryAfterMs }, POLICY, { now: START, random: 0 }).next.nextProbeAt ?? 0) - START;
    expect([wait(20_000), wait(3_600_000)]).toEqual([20_000, 60_000]);
  });

  it('becomes half-open with the first sign of life', () => {
    expect(after([dead, dead, alive], OPEN)).toMatchObject({ state: 'half-open', window: 1, nextProbeAt: null });
  });
});

describe('a half-open circuit', () => {
  it.each([
    ['alive', 'slow-start', 'report'], ['throttled', 'slow-start', 'report'], ['refused', 'open', 'report'], ['unreachable', 'open', 'keep'], ['none', 'half-open', 'report'],
  ] as const)('after a trial that was %s is %s, and the trial\'s fate is to %s', (signal, state, fate) => {
    const judgement = judgeCircuit(HALF_OPEN, attempt(signal, { trial: true }), POLICY, { now: START, random: 0 });
    expect([judgement.next.state, judgement.fate]).toEqual([state, fate]);
  });

  it('learns nothing from what was begun before it opened', () => {
    for (const signal of SIGNALS) expect(after([attempt(signal)], HALF_OPEN)).toEqual(HALF_OPEN);
  });

  it('reports a transfer that fails again and again although the endpoint lives', () => {
    expect(judgeCircuit(HALF_OPEN, attempt('unreachable', { trial: true, kept: 1 }), POLICY, { now: START, random: 0 }).fate).toBe('keep');
    expect(judgeCircuit(HALF_OPEN, attempt('unreachable', { trial: true, kept: 2 }), POLICY, { now: START, random: 0 }).fate).toBe('report');
  });
});

describe('a slow start', () => {
  const successes = (count: number): AttemptEvent[] => Array.from({ length: count }, () => attempt('alive'));

  it('doubles its window with each window of successes, until all connections are in use', () => {
    expect([0, 1, 2, 3, 6, 7, 14, 15, 30, 31].map((count) => after(successes(count), SLOW).window)).toEqual([1, 2, 2, 4, 4, 8, 8, 16, 16, 32]);
    expect(after(successes(30), SLOW).state).toBe('slow-start');
    expect(after(successes(31), SLOW)).toMatchObject({ state: 'closed', reason: null, probes: 0, window: 32 });
  });

  it('does not grow for a 429', () => {
    expect(after([...successes(3), ...failures(20, 'throttled')], SLOW).window).toBe(4);
  });

  it('ends at once when nobody answers, and keeps that transfer', () => {
    expect(judgeCircuit(SLOW, attempt('unreachable'), POLICY, { now: START, random: 0 })).toMatchObject({ fate: 'keep', next: { state: 'open', window: 0 } });
  });

  it('suffers a few 5xx as a closed circuit does', () => {
    expect(after(failures(7, 'refused'), SLOW).state).toBe('slow-start');
    expect(after(failures(8, 'refused'), SLOW).state).toBe('open');
  });

  it('of an endpoint that gets little is over after a minute without failure', () => {
    const time = (now: number, circuit: Circuit): string => judgeCircuit(circuit, { kind: 'time' }, POLICY, { now: circuit.since + now, random: 0 }).next.state;
    expect([time(59_999, SLOW), time(60_000, SLOW)]).toEqual(['slow-start', 'closed']);
    expect(time(60_000, after([attempt('refused')], SLOW))).toBe('slow-start');
    expect(time(60_000, OPEN)).toBe('open');
  });
});

/** One endpoint under a model of the line before it: attempts begin within the window and end in any order; probes come when they are due. */
class World {
  circuit: Circuit;
  now = START;
  readonly inFlight: { transferId: string; trial: boolean; kept: number }[] = [];
  readonly keptInHand: { transferId: string; kept: number }[] = [];
  burnt = 0;
  probesAnswered = 0;
  openings = 0;
  #fresh = 0;
  readonly policy: CircuitPolicy;

  constructor(policy: CircuitPolicy) {
    this.policy = policy;
    this.circuit = closedCircuit(policy, START);
  }

  begin(): void {
    if (this.inFlight.length >= this.circuit.window) return;
    const order = this.keptInHand.sort((a, b) => a.kept - b.kept).shift() ?? { transferId: `tr_${++this.#fresh}`, kept: 0 };
    this.inFlight.push({ ...order, trial: this.circuit.state === 'half-open' });
  }

  end(index: number, signal: Signal): void {
    const [ended] = this.inFlight.splice(index % Math.max(1, this.inFlight.length), 1);
    if (ended === undefined) return;
    const fate = this.#judge(attempt(signal, ended));
    if (fate === 'keep') this.keptInHand.push({ transferId: ended.transferId, kept: ended.kept + 1 });
    else if (isDown(signal)) this.burnt += 1;
  }

  /** Time passes; a probe that is due is made. */
  pass(ms: number, endpointLives: boolean): void {
    const due = this.circuit.nextProbeAt;
    this.now += ms;
    this.#judge({ kind: 'time' });
    if (this.circuit.state !== 'open' || due === null || due > this.now) return;
    this.probesAnswered += endpointLives ? 1 : 0;
    this.#judge({ kind: 'probe', alive: endpointLives, retryAfterMs: null });
  }

  #judge(event: CircuitEvent): 'report' | 'keep' {
    const { next, fate } = judgeCircuit(this.circuit, event, this.policy, { now: this.now, random: 0.5 });
    if (next.state === 'open' && this.circuit.state !== 'open') this.openings += 1;
    this.circuit = next;
    return fate;
  }
}

const policies = fc.record({ failures: fc.integer({ min: 2, max: 20 }), connections: fc.integer({ min: 1, max: 64 }) })
  .map((some): CircuitPolicy => ({ ...POLICY, ...some, transfers: Math.min(3, some.failures) }));
type Step = { readonly do: 'begin' } | { readonly do: 'end'; readonly which: number; readonly signal: Signal } | { readonly do: 'pass'; readonly ms: number; readonly lives: boolean };
const steps = (signals: readonly Signal[], lives: fc.Arbitrary<boolean>): fc.Arbitrary<Step[]> => fc.array(fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ do: 'begin' }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat(100), signal: fc.constantFrom(...signals) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40_000 }), lives }) },
), { maxLength: 300 });

function walk(world: World, plan: readonly Step[], look: (before: Circuit) => void = () => undefined): World {
  for (const step of plan) {
    const before = world.circuit;
    if (step.do === 'begin') world.begin();
    else if (step.do === 'end') world.end(step.which, step.signal);
    else world.pass(step.ms, step.lives);
    look(before);
  }
  return world;
}

describe('whatever happens, in whatever order', () => {
  it('an outage burns fewer attempts than it takes to open the circuit', () => {
    fc.assert(fc.property(policies, fc.constantFrom<Signal[]>(['unreachable'], ['refused'], ['refused', 'unreachable']).chain((signals) => steps(signals, fc.constant(false))), (policy, plan) => {
      expect(walk(new World(policy), plan).burnt).toBeLessThan(policy.failures);
    }));
  });

  it('an endpoint that answers probes and nothing else costs one attempt more for each of them', () => {
    fc.assert(fc.property(policies, steps(['refused', 'unreachable'], fc.boolean()), (policy, plan) => {
      const world = walk(new World(policy), plan);
      expect(world.burnt).toBeLessThan(policy.failures + world.probesAnswered);
    }));
  });

  it('the window is none while open, one while half-open, and grows by successes alone', () => {
    fc.assert(fc.property(policies, steps(SIGNALS, fc.boolean()), (policy, plan) => {
      const world = new World(policy);
      walk(world, plan, (before) => {
        const { state, window, successes } = world.circuit;
        expect({ state, fits: fits(world.circuit, policy) }).toEqual({ state, fits: true });
        if (state === 'slow-start' && before.state === 'slow-start' && window !== before.window) expect([window, before.successes + 1, successes]).toEqual([before.window * 2, before.window, 0]);
        if (state === 'closed' && before.state === 'slow-start' && world.now - before.since < policy.slowStartMs) expect(before.successes + 1).toBe(before.window);
      });
    }));
  });

  const fits = ({ state, window }: Circuit, { connections }: CircuitPolicy): boolean => ({
    'closed': window === connections, 'open': window === 0, 'half-open': window === 1, 'slow-start': window >= 1 && window <= Math.max(1, connections - 1),
  })[state];

  it('it closes again once the endpoint is well, in bounded time and after few transfers', () => {
    fc.assert(fc.property(policies, steps(SIGNALS, fc.boolean()), (policy, plan) => {
      const world = walk(new World(policy), plan);
      const wellSince = world.now;
      let transfers = 0;
      while (world.circuit.state !== 'closed' && transfers < 1_000) {
        if (world.circuit.state === 'open') world.pass(1_000, true);
        while (world.inFlight.length < world.circuit.window) world.begin();
        while (world.inFlight.length > 0) {
          world.end(0, 'alive');
          transfers += 1;
        }
      }
      expect(world.circuit.state).toBe('closed');
      expect(world.now - wellSince).toBeLessThanOrEqual(policy.probeCapMs + 1_000);
      expect(transfers).toBeLessThanOrEqual(3 * policy.connections + 1);
    }));
  });

  it.each(['refused', 'unreachable'] as const)('one transfer whose every attempt is %s does not keep it shut for the others', (poison) => {
    fc.assert(fc.property(policies, steps(SIGNALS, fc.boolean()), (policy, plan) => {
      const world = walk(new World(policy), plan);
      world.keptInHand.unshift({ transferId: 'tr_poison', kept: 0 });
      for (let round = 0; round < 500 && (world.circuit.state !== 'closed' || world.keptInHand.length > 0); round += 1) {
        world.pass(1_000, true);
        world.begin();
        world.end(0, world.inFlight[0]?.transferId === 'tr_poison' ? poison : 'alive');
      }
      expect(world.circuit.state).toBe('closed');
      expect(world.keptInHand).toEqual([]);
    }));
  });
});
