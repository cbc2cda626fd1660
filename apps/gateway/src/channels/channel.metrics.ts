import { metricsRegistry } from '#runtime';
import { Gauge } from 'prom-client';
import type { HeldInChannel, UnderWayInChannel } from '../ledger/channel-figures.ts';
import type { PauseRow } from '../ledger/channel-rows.ts';
import type { SettingsRow } from '../ledger/channel-settings-rows.ts';
import type { ChannelName } from '../ledger/channel-tables.ts';
import type { OldestUnderWay } from '../ledger/queue-work-rows.ts';
import type { Rung } from '../ledger/retry-ladder-rows.ts';
import type { QueueFigures } from '../watch/queue-figures.ts';
import { allChannels } from './channel.ts';
import { isOpenAt } from './sending-hours.ts';
import { settingsOf } from './set-channel.ts';

const registers = [metricsRegistry];
const paused = new Gauge({ name: 'jiujin_channel_paused', help: '1 while people have paused the channel', labelNames: ['channel'], registers });
const pausedSeconds = new Gauge({ name: 'jiujin_channel_paused_seconds', help: 'How long the channel has been paused; 0 while it is not', labelNames: ['channel'], registers });
const outsideHours = new Gauge({ name: 'jiujin_channel_outside_hours', help: '1 while the channel is outside its hours', labelNames: ['channel'], registers });
const rateLimit = new Gauge({ name: 'jiujin_channel_rate_limit', help: 'Transfers a second that may go, at most; 0 for no limit', labelNames: ['channel'], registers });
const held = new Gauge({ name: 'jiujin_channel_held', help: 'Transfers held because their channel is paused, limited or outside its hours, or was until just now', labelNames: ['channel'], registers });
const heldOldest = new Gauge({ name: 'jiujin_channel_held_oldest_seconds', help: 'Age of the oldest of them that is not sent again; 0 when there is none', labelNames: ['channel'], registers });
const underWay = new Gauge({ name: 'jiujin_channel_in_flight', help: 'Transfers ordered without a receipt yet', labelNames: ['channel'], registers });
const waiting = new Gauge({ name: 'jiujin_retry_waiting', help: 'Transfers that wait for their next attempt, by the attempt that failed', labelNames: ['destination', 'rung'], registers });
const due = new Gauge({ name: 'jiujin_retry_due', help: 'Of these: past their time', labelNames: ['destination'], registers });
const next = new Gauge({ name: 'jiujin_retry_next_seconds', help: 'Seconds until the next of them goes; negative when it is past its time', labelNames: ['destination'], registers });
const queueOldest = new Gauge({ name: 'jiujin_queue_oldest_seconds', help: 'How long the oldest order of a queue has been out without a receipt, by the ledger; 0 when there is none', labelNames: ['queue'], registers });
const timers = new Gauge({ name: 'jiujin_timer_jobs', help: 'Jobs in the gateway\'s BullMQ queues', labelNames: ['queue', 'state'], registers });
const lettersKept = new Gauge({ name: 'jiujin_dead_letters_open', help: 'Dead letters that wait for a person; at most 10000 are counted', registers });

/** What the ledger says of channels and the retry ladder, at one moment. */
export interface ChannelSight {
  readonly now: Date;
  readonly pauses: readonly PauseRow[];
  readonly settings: readonly SettingsRow[];
  readonly held: readonly HeldInChannel[];
  readonly underWay: readonly UnderWayInChannel[];
  readonly ladder: readonly Rung[];
  readonly oldest: readonly OldestUnderWay[];
  readonly deadLetters: number;
}

/** Attempts from 6 on share rungs: a label has few values, however often something is tried. */
export function rungOf(attempt: number): string {
  if (attempt <= 5) return String(attempt);
  if (attempt <= 10) return '6-10';
  return attempt <= 20 ? '11-20' : '21+';
}

/** Shows the last look as metrics. Every channel of the catalogue has its values, also while all is quiet. */
export function measureChannels(sight: ChannelSight, declared: QueueFigures['declared']): void {
  for (const gauge of [paused, pausedSeconds, outsideHours, rateLimit, held, heldOldest, underWay, waiting, due, next, queueOldest]) gauge.reset();
  for (const { name } of allChannels()) measureChannel(name, sight);
  for (const { spec, destination } of declared) {
    if (destination !== null) queueOldest.set({ queue: spec.name }, age(sight, sight.oldest.find((one) => one.destination === destination)?.oldest_at));
  }
  measureLadder(sight);
  lettersKept.set(sight.deadLetters);
}

function measureChannel(channel: ChannelName, sight: ChannelSight): void {
  const pause = sight.pauses.find((one) => one.channel === channel && one.holds);
  const kept = sight.held.find((one) => one.channel === channel);
  paused.set({ channel }, pause === undefined ? 0 : 1);
  pausedSeconds.set({ channel }, age(sight, pause?.paused_at));
  measureSettings(channel, sight);
  held.set({ channel }, kept?.count ?? 0);
  heldOldest.set({ channel }, age(sight, kept?.waits_since));
  underWay.set({ channel }, sight.underWay.find((one) => one.channel === channel)?.count ?? 0);
}

function measureSettings(channel: ChannelName, { settings, now }: ChannelSight): void {
  const { ratePerSecond, hours } = settingsOf(settings.find((one) => one.channel === channel));
  outsideHours.set({ channel }, isOpenAt(hours, now) ? 0 : 1);
  rateLimit.set({ channel }, ratePerSecond ?? 0);
}

/** In seconds; 0 for nothing. */
function age({ now }: ChannelSight, at: Date | null | undefined): number {
  return at === undefined || at === null ? 0 : Math.max(0, (now.getTime() - at.getTime()) / 1_000);
}

function measureLadder({ ladder, now }: ChannelSight): void {
  for (const { destination, attempt, count, due: late } of ladder) {
    waiting.inc({ destination, rung: rungOf(attempt) }, count);
    due.inc({ destination }, late);
  }
  for (const [destination, rungs] of Map.groupBy(ladder, (rung) => rung.destination)) {
    next.set({ destination }, (Math.min(...rungs.map(({ next_at }) => next_at.getTime())) - now.getTime()) / 1_000);
  }
}

/** Shows what Redis says of a BullMQ queue; while it says nothing, there is no value rather than an old one. */
export function measureTimers(queue: string, counts: Readonly<Record<string, number>> | null): void {
  for (const state of ['waiting', 'delayed', 'active']) {
    if (counts === null) timers.remove({ queue, state });
    else timers.set({ queue, state }, counts[state] ?? 0);
  }
}
