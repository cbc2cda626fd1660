import { metricsRegistry } from '#runtime';
import { Gauge } from 'prom-client';
import type { OpenAlert } from '../ledger/alert-rows.ts';
import { measureOperations } from '../operations/operation.metrics.ts';
import { channelsTo } from '../channels/channel.ts';
import { CONDITIONS } from './conditions.ts';
import { livingAfter } from './living-programs.ts';
import type { QueueFigure } from './queue-figures.ts';
import type { RunningPlan, Silence } from './silence.ts';
import type { WatchFacts } from './watch-facts.ts';
import type { WatchLimits } from './watch-limits.ts';

/** An open alert, and why nobody need be told of it; null when somebody must be. */
export interface ToldAlert extends OpenAlert {
  readonly silence: Silence | null;
}

const registers = [metricsRegistry];
const alertsOpen = new Gauge({ name: 'jiujin_alerts_open', help: 'Open alerts by condition that somebody must be told of', labelNames: ['condition'], registers });
const alertsSilenced = new Gauge({ name: 'jiujin_alerts_silenced', help: 'Open alerts of which nobody need be told now: muted, or explained by planned maintenance', labelNames: ['condition', 'why'], registers });
const maintenance = new Gauge({ name: 'jiujin_maintenance_running', help: '1 while the receiver is down as planned', labelNames: ['destination'], registers });
const channelMaintenance = new Gauge({ name: 'jiujin_channel_maintenance', help: '1 while the receiver of the channel is down as planned', labelNames: ['channel'], registers });
const queueMessages = new Gauge({ name: 'jiujin_queue_messages', help: 'Messages that wait in a queue, as the broker says; in a queue with bundles each may hold up to 64 events or receipts', labelNames: ['queue'], registers });
const queueConsumers = new Gauge({ name: 'jiujin_queue_consumers', help: 'Consumers of a queue, as the broker says', labelNames: ['queue'], registers });
const circuits = new Gauge({ name: 'jiujin_circuits', help: 'Circuits of living adapters by destination and state', labelNames: ['destination', 'state'], registers });
const programs = new Gauge({ name: 'jiujin_programs_living', help: 'Programs heard lately', labelNames: ['program'], registers });
const spool = new Gauge({ name: 'jiujin_spool_waiting', help: 'Accepted events that wait for the broker, as the adapters report', labelNames: ['program'], registers });
const journal = new Gauge({ name: 'jiujin_journal_entries', help: 'Accepted events without acknowledgement, as the adapters report', labelNames: ['program'], registers });
const canaryRound = new Gauge({ name: 'jiujin_canary_round_trip_seconds', help: 'How long the newest canary that came round took, by hall', labelNames: ['hall'], registers });

const evidenceLag = new Gauge({ name: 'jiujin_evidence_lag_seconds', help: 'Age of the oldest message that may not be under seal yet', registers });

/** Shows the last look as metrics. What is not known now has no value, rather than an old one. */
export function measureWatch(facts: WatchFacts, { silentMs }: WatchLimits, figures: readonly QueueFigure[] | null, open: readonly ToldAlert[]): void {
  alertsOpen.reset();
  for (const condition of Object.keys(CONDITIONS)) alertsOpen.set({ condition }, 0);
  alertsSilenced.reset();
  for (const { condition, silence } of open) {
    if (silence === null) alertsOpen.inc({ condition });
    else alertsSilenced.inc({ condition, why: silence });
  }
  measureQueues(figures ?? []);
  evidenceLag.set(Math.max(0, facts.now.getTime() - facts.evidenceCaughtUpAt.getTime()) / 1000);
  canaryRound.reset();
  for (const { hall_code, round_seconds } of facts.canaries) if (round_seconds !== null) canaryRound.set({ hall: hall_code }, round_seconds);
  measureOperations(facts.operations, facts.now);
  measurePrograms(facts, new Date(facts.now.getTime() - silentMs));
}

function measureQueues(figures: readonly QueueFigure[]): void {
  queueMessages.reset();
  queueConsumers.reset();
  for (const { spec, state } of figures) {
    if (state === null) continue;
    queueMessages.set({ queue: spec.name }, state.messages);
    queueConsumers.set({ queue: spec.name }, state.consumers);
  }
}

function measurePrograms(facts: WatchFacts, since: Date): void {
  const living = livingAfter(facts.programs, since);
  for (const gauge of [circuits, programs, spool, journal]) gauge.reset();
  for (const { destination, state, app, instance } of facts.circuits) {
    if (living.some((program) => program.app === app && program.instance === instance)) circuits.inc({ destination, state });
  }
  for (const { app, spool_waiting, journal_entries } of living) {
    programs.inc({ program: app });
    if (spool_waiting !== null) spool.set({ program: app }, spool_waiting);
    if (journal_entries !== null) journal.set({ program: app }, journal_entries);
  }
}

/** Shows which receivers are down as planned: rules that see a channel stand, or an endpoint away, leave these out. */
export function measureMaintenance(plans: readonly RunningPlan[]): void {
  for (const gauge of [maintenance, channelMaintenance]) gauge.reset();
  for (const { destination } of plans) {
    maintenance.set({ destination }, 1);
    for (const channel of channelsTo(destination)) channelMaintenance.set({ channel }, 1);
  }
}
