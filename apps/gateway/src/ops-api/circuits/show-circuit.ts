import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import type { CircuitChangeRow, CircuitListRow } from '../queries/list-circuits.ts';
import { CIRCUIT_STATES_ZH, partyZh } from '../words.ts';
import type { CircuitAnswer, CircuitChangeAnswer } from './circuit.answer.ts';

export function showCircuit(row: CircuitListRow): CircuitAnswer {
  return {
    destination: row.destination, destinationZh: partyZh(row.destination),
    app: row.app, instance: row.instance, living: row.living,
    state: row.state, stateZh: CIRCUIT_STATES_ZH[row.state],
    since: beijingTime(row.since), troubledSince: beijingTimeOrNull(row.troubled_since),
    reason: row.reason, failures: row.failures, window: row.window_size, held: row.held,
    nextProbeAt: beijingTimeOrNull(row.next_probe_at),
  };
}

export function showCircuitChange(row: CircuitChangeRow): CircuitChangeAnswer {
  return {
    changeId: row.seq,
    destination: row.destination, destinationZh: partyZh(row.destination),
    app: row.app, instance: row.instance,
    from: row.from_state, to: row.to_state, toZh: CIRCUIT_STATES_ZH[row.to_state],
    reason: row.reason,
    at: beijingTime(row.at), recordedAt: beijingTime(row.recorded_at),
  };
}
