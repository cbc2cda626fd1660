import type { CircuitState } from '#contracts';
import type { Channel } from '../../channels/channel.ts';
import { nextOpening, openSince } from '../../channels/sending-hours.ts';
import { BACKLOG_CAP } from '../../ledger/channel-figures.ts';
import type { BacklogInChannel, ChannelRate, CriticalTime, HeldInChannel, RetryingInChannel, UnderWayInChannel } from '../../ledger/channel-figures.ts';
import type { PauseRow } from '../../ledger/channel-rows.ts';
import type { SettingsRow } from '../../ledger/channel-settings-rows.ts';
import type { ChannelName } from '../../ledger/channel-tables.ts';
import type { CircuitRow, EdgeInstanceRow } from '../../ledger/edge-rows.ts';
import { expectedConsumers } from '../../watch/living-programs.ts';
import type { QueueFigure } from '../../watch/queue-figures.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import { channelZh } from '../words.ts';
import { CHANNEL_STATES, CHANNEL_TONES } from './channel.answer.ts';
import type { ChannelAnswer, ChannelQueueAnswer, ChannelState } from './channel.answer.ts';
import { shownSettings } from './channel-settings.ts';
import { judgeChannel } from './judge-channel.ts';

/** What the ledger says of all channels. `circuits`: of living programs. */
export interface ChannelFacts {
  readonly now: Date;
  readonly living: readonly EdgeInstanceRow[];
  readonly retrying: readonly RetryingInChannel[];
  readonly failed: readonly BacklogInChannel[];
  readonly critical: readonly CriticalTime[];
  readonly pauses: readonly PauseRow[];
  readonly settings: readonly SettingsRow[];
  readonly held: readonly HeldInChannel[];
  readonly underWay: readonly UnderWayInChannel[];
  readonly rates: readonly ChannelRate[];
  readonly circuits: readonly CircuitRow[];
}

/** What is known beside the ledger. */
export interface ChannelSurroundings {
  /** The broker's word of every queue; null while it cannot be asked. */
  readonly queues: readonly QueueFigure[] | null;
  readonly targetSeconds: number;
}

const WORST_FIRST: readonly CircuitState[] = ['open', 'half-open', 'slow-start', 'closed'];

export function showChannel({ name, hallCode, direction, destination }: Channel, facts: ChannelFacts, surroundings: ChannelSurroundings): ChannelAnswer {
  const pause = facts.pauses.find((one) => one.channel === name);
  const held = facts.held.find((one) => one.channel === name);
  const settings = facts.settings.find((one) => one.channel === name);
  const opensAt = nextOpening(settings?.hours ?? null, facts.now);
  const state = stateOf(pause, opensAt, settings, held);
  const circuit = WORST_FIRST.find((word) => facts.circuits.some((one) => one.destination === destination && one.state === word)) ?? null;
  return {
    channel: name, channelZh: channelZh(name), hallCode, direction, destination, state, stateZh: CHANNEL_STATES[state], ...showPause(pause),
    ...shownSettings(settings), opensAt: beijingTimeOrNull(opensAt),
    held: held?.count ?? 0, oldestHeldAt: beijingTimeOrNull(held?.oldest_at ?? null), ...showTraffic(name, facts), circuit,
    ...showHealth({ name, destination, paused: state === 'paused', opensAt, settings, circuit }, facts, surroundings),
    version: pause?.version ?? 0,
  };
}

type HealthFields = Pick<ChannelAnswer, 'retrying' | 'failed' | 'capped' | 'oldestAt' | 'p95Seconds' | 'targetSeconds' | 'queue' | 'tone' | 'toneZh' | 'whyZh'>;
type Looked = Pick<Channel, 'name' | 'destination'> & {
  readonly paused: boolean;
  readonly opensAt: Date | null;
  readonly settings: SettingsRow | undefined;
  readonly circuit: CircuitState | null;
};

/** How it fares: against its target, at its endpoint, and on the broker. */
function showHealth({ name, destination, paused, opensAt, settings, circuit }: Looked, facts: ChannelFacts, { queues, targetSeconds }: ChannelSurroundings): HealthFields {
  const [retrying, failed] = [facts.retrying, facts.failed].map((counts) => counts.find(({ channel }) => channel === name)?.count ?? 0) as [number, number];
  const oldestAt = oldestOnItsWay(name, facts);
  const p95Seconds = facts.critical.find(({ channel }) => channel === name)?.p95_seconds ?? null;
  const queue = showQueue(destination, facts, queues);
  const { tone, whyZh } = judgeChannel({
    paused, opensAt: beijingTimeOrNull(opensAt), circuit, failed, p95Seconds, targetSeconds, oldestSeconds: waited(oldestAt, settings, facts.now),
    queue: queue === null ? null : { exists: queue.exists, ready: queue.ready, present: queue.consumersPresent, expected: queue.consumersExpected },
  });
  const capped = [facts.retrying, facts.failed].some((counts) => isCapped(counts, destination));
  return { retrying, failed, capped, oldestAt: beijingTimeOrNull(oldestAt), p95Seconds, targetSeconds, queue, tone, toneZh: CHANNEL_TONES[tone], whyZh: [...whyZh] };
}

/** How long a message has been on its way (s), as far as its channel might send it: since its hours began, when it came before them. */
function waited(oldestAt: Date | null, settings: SettingsRow | undefined, now: Date): number | null {
  if (oldestAt === null) return null;
  const opened = openSince(settings?.hours ?? null, now);
  return (now.getTime() - Math.max(oldestAt.getTime(), opened?.getTime() ?? 0)) / 1000;
}

/** When the oldest was made that is on its way: every other of its channel waits behind one of these, or behind one that failed. */
function oldestOnItsWay(name: ChannelName, { held, underWay, retrying }: ChannelFacts): Date | null {
  const made = [held.find(({ channel }) => channel === name)?.waits_since ?? undefined, underWay.find(({ channel }) => channel === name)?.oldest_made_at, retrying.find(({ channel }) => channel === name)?.oldest_at];
  return made.filter((at) => at !== undefined).toSorted((one, other) => one.getTime() - other.getTime())[0] ?? null;
}

/** Whether a receiver has more of these than were looked at: a figure of any of its channels says "at least". */
function isCapped(counts: readonly BacklogInChannel[], destination: Channel['destination']): boolean {
  return counts.filter((one) => one.destination === destination).reduce((sum, { count }) => sum + count, 0) >= BACKLOG_CAP;
}

function showQueue(destination: Channel['destination'], { living, circuits }: ChannelFacts, queues: readonly QueueFigure[] | null): ChannelQueueAnswer | null {
  const figure = queues?.find((one) => one.destination === destination);
  if (figure === undefined) return null;
  const { spec: { name, consumer }, state } = figure;
  return {
    queue: name, exists: state !== null, ready: state?.messages ?? 0, consumersPresent: state?.consumers ?? 0,
    consumersExpected: expectedConsumers({ consumer, destination }, living, circuits),
  };
}

type TrafficFields = Pick<ChannelAnswer, 'inFlight' | 'oldestInFlightAt' | 'inLastMinute' | 'outLastMinute'>;

function showTraffic(name: ChannelName, { underWay, rates }: ChannelFacts): TrafficFields {
  const out = underWay.find(({ channel }) => channel === name);
  const rate = rates.find(({ channel }) => channel === name) ?? { into: 0, out: 0 };
  return { inFlight: out?.count ?? 0, oldestInFlightAt: beijingTimeOrNull(out?.oldest_at ?? null), inLastMinute: rate.into, outLastMinute: rate.out };
}

/** A person's pause goes before everything else. */
function stateOf(pause: PauseRow | undefined, opensAt: Date | null, settings: SettingsRow | undefined, held: HeldInChannel | undefined): ChannelState {
  if (pause?.holds === true) return 'paused';
  if (opensAt !== null) return 'outside-hours';
  if (held === undefined) return 'running';
  return (settings?.rate_per_second ?? null) === null ? 'draining' : 'limited';
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
