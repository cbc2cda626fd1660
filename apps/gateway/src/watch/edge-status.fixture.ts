import type { CircuitStatus, Destination } from '#contracts';
import type { ProgramStatus } from '../ledger/edge-rows.ts';

/** The circuit of one destination with everything a test does not care about filled in. */
export function circuitOf(destination: Destination, given: Partial<CircuitStatus> = {}): CircuitStatus {
  return { destination, state: 'closed', since: new Date().toISOString(), reason: null, failures: 0, window: 32, held: 0, nextProbeAt: null, ...given };
}

let ticks = 0;

/** A report of an adapter in which all is well; each is a millisecond younger than the one before it. */
export function statusOf(given: Partial<ProgramStatus> = {}): ProgramStatus {
  ticks += 1;
  return {
    app: 'centre-adapter', instance: 'host-1-a', at: new Date(Date.now() + ticks).toISOString(), circuits: [circuitOf('centre')],
    spool: { waiting: 0, oldestAt: null }, journal: { entries: 0, oldestAt: null }, redisDurable: true, redisProblem: null, ...given,
  };
}
