import type { CircuitState } from '#contracts';
import type { Channel } from '../../channels/channel.ts';
import type { ChannelRate, HeldInChannel, UnderWayInChannel } from '../../ledger/channel-figures.ts';
import type { PauseRow } from '../../ledger/channel-rows.ts';
import type { ChannelName } from '../../ledger/channel-tables.ts';
import type { CircuitRow } from '../../ledger/edge-rows.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import { channelZh } from '../words.ts';
import { CHANNEL_STATES } from './channel.answer.ts';
import type { ChannelAnswer, ChannelState } from './channel.answer.ts';

/** What the ledger says of all channels. `circuits`: of living programs. */
export interface ChannelFacts {
  readonly pauses: readonly PauseRow[];
  readonly held: readonly HeldInChannel[];
  readonly underWay: readonly UnderWayInChannel[];
  readonly rates: readonly ChannelRate[];
  readonly circuits: readonly CircuitRow[];
}

const WORST_FIRST: readonly CircuitState[] = ['open', 'half-open', 'slow-start', 'closed'];

export function showChannel({ name, hallCode, direction, destination }: Channel, facts: ChannelFacts): ChannelAnswer {
  const pause = facts.pauses.find((one) => one.channel === name);
  const held = facts.held.find((one) => one.channel === name);
  const state = stateOf(pause, held);
  return {
    channel: name, channelZh: channelZh(name), hallCode, direction, destination, state, stateZh: CHANNEL_STATES[state], ...showPause(pause),
    held: held?.count ?? 0, oldestHeldAt: beijingTimeOrNull(held?.oldest_at ?? null), ...showTraffic(name, facts),
    circuit: WORST_FIRST.find((word) => facts.circuits.some((circuit) => circuit.destination === destination && circuit.state === word)) ?? null,
    version: pause?.version ?? 0,
  };
}

type TrafficFields = Pick<ChannelAnswer, 'inFlight' | 'oldestInFlightAt' | 'inLastMinute' | 'outLastMinute'>;

function showTraffic(name: ChannelName, { underWay, rates }: ChannelFacts): TrafficFields {
  const out = underWay.find(({ channel }) => channel === name);
  const rate = rates.find(({ channel }) => channel === name) ?? { into: 0, out: 0 };
  return { inFlight: out?.count ?? 0, oldestInFlightAt: beijingTimeOrNull(out?.oldest_at ?? null), inLastMinute: rate.into, outLastMinute: rate.out };
}

function stateOf(pause: PauseRow | undefined, held: HeldInChannel | undefined): ChannelState {
  if (pause?.holds === true) return 'paused';
  return held === undefined ? 'running' : 'draining';
}

type PauseFields = Pick<ChannelAnswer, 'reason' | 'ticket' | 'pausedBy' | 'pausedAt' | 'until' | 'resumedAt'>;

/** Why and by whom is said while it holds. */
function showPause(pause: PauseRow | undefined): PauseFields {
  if (pause?.holds !== true) {
    return { reason: null, ticket: null, pausedBy: null, pausedAt: null, until: null, resumedAt: beijingTimeOrNull(pause?.resumed_at ?? pause?.until ?? null) };
  }
  const { reason, ticket, by_name, paused_at, until } = pause;
  return { reason, ticket, pausedBy: by_name, pausedAt: beijingTime(paused_at), until: beijingTimeOrNull(until), resumedAt: null };
}
