import type { Destination } from '#contracts';
import { channelsTo } from '../../channels/channel.ts';
import type { MaintenanceRow } from '../../ledger/maintenance-rows.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import { catchUpAfter } from '../forecast/forecast.ts';
import type { Loads } from '../forecast/read-loads.ts';
import { dayAndMinute } from '../forecast/show-forecast.ts';
import { partyZh } from '../words.ts';
import { MAINTENANCE_STATES } from './maintenance.answer.ts';
import type { CatchUpAnswer, MaintenanceAnswer } from './maintenance.answer.ts';
import type { PlanTimes } from './plan-times.ts';

/** A plan as it is shown. `loads`: what the channels carry now; without it nothing is said of the catch-up. */
export function showMaintenance(plan: MaintenanceRow, loads: Loads | null, now: Date): MaintenanceAnswer {
  return {
    planId: plan.id, destination: plan.destination, destinationZh: partyZh(plan.destination),
    from: beijingTime(plan.starts_at), to: beijingTime(plan.ends_at), state: plan.state, stateZh: MAINTENANCE_STATES[plan.state],
    reason: plan.reason, ticket: plan.ticket, createdBy: plan.by_name, createdAt: beijingTime(plan.created_at),
    startedAt: beijingTimeOrNull(plan.started_at), endedAt: beijingTimeOrNull(plan.ended_at),
    cancelledAt: beijingTimeOrNull(plan.cancelled_at), cancelledBy: plan.cancelled_by, cancelReason: plan.cancel_reason,
    channels: channelsTo(plan.destination),
    catchUp: loads === null || !isOpen(plan) ? null : showCatchUp(plan.destination, { from: plan.starts_at, to: plan.ends_at }, loads, now),
    version: plan.version,
  };
}

/** Whether something of a plan is still to come. */
export function isOpen({ state }: Pick<MaintenanceRow, 'state'>): boolean {
  return state === 'planned' || state === 'running';
}

/** What a downtime from one moment to another leaves behind, by what the channels carry now. */
export function showCatchUp(destination: Destination, times: PlanTimes, { byChannel }: Loads, now: Date): CatchUpAnswer {
  const loads = channelsTo(destination).flatMap((name) => byChannel.get(name) ?? []);
  const { waitingAtEnd, caughtUpAt } = catchUpAfter(loads, times, now);
  const when = caughtUpAt === null ? '近来没有送达过，或进多出少，说不准何时补送完' : `按近来最忙时的速度 ${dayAndMinute(caughtUpAt)} 补送完`;
  return { waitingAtEnd, caughtUpAt: beijingTimeOrNull(caughtUpAt), sayZh: waitingAtEnd === 0 ? '结束时预计没有积存' : `结束时约积存 ${waitingAtEnd} 条，${when}` };
}
