import { CONDITIONS } from '../../watch/conditions.ts';
import type { Condition } from '../../watch/condition.ts';
import { planBehind } from '../../watch/silence.ts';
import type { RunningPlan } from '../../watch/silence.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import { scrubbed, scrubbedOrNull } from '../personal-numbers.ts';
import type { AlertRow } from '../queries/list-alerts.ts';
import { subjectZh } from '../words.ts';
import { ALERT_LINKS, alertLinks } from './alert-links.ts';
import { ALERT_STATUSES } from './alert.answer.ts';
import type { AlertAcknowledgedAnswer, AlertAnswer, AlertMaintenanceAnswer, AlertMuteAnswer, AlertStatus } from './alert.answer.ts';

const KNOWN: Readonly<Record<string, Condition | undefined>> = CONDITIONS;

/** An alert as it is shown, with the downtimes that are going on; one that a newer gateway opened shows under its bare name. */
export function showAlert(row: AlertRow, plans: readonly RunningPlan[]): AlertAnswer {
  const status = statusOf(row);
  const maintenance = row.closed_at === null ? showMaintenance(row, plans) : null;
  return {
    alertId: row.seq,
    condition: row.condition, conditionZh: KNOWN[row.condition]?.zh ?? row.condition,
    subject: row.subject, subjectZh: subjectZh(row.subject),
    open: row.closed_at === null, status, statusZh: ALERT_STATUSES[status],
    openedAt: beijingTime(row.opened_at), lastSeenAt: beijingTime(row.last_seen_at), closedAt: beijingTimeOrNull(row.closed_at),
    durationSeconds: row.closed_at === null ? null : Math.max(0, Math.round((row.closed_at.getTime() - row.opened_at.getTime()) / 1000)),
    recurrence: row.recurrence,
    detailZh: scrubbed(row.detail_zh), detailEn: scrubbed(row.detail_en),
    facts: row.facts,
    acknowledged: showAcknowledged(row), mute: showMute(row), maintenance,
    links: linksOf(row, maintenance),
    version: row.version,
  };
}

function statusOf({ closed_at, acknowledged_at }: AlertRow): AlertStatus {
  if (closed_at !== null) return 'resolved';
  return acknowledged_at === null ? 'open' : 'acknowledged';
}

function showAcknowledged({ acknowledged_at: at, acknowledged_name: by, acknowledged_note: note }: AlertRow): AlertAcknowledgedAnswer | null {
  return at === null ? null : { at: beijingTime(at), by: by ?? '', note: scrubbedOrNull(note) ?? '' };
}

function showMute({ muted_at: at, muted_until: until, mute_by: by, mute_reason: reason }: AlertRow): AlertMuteAnswer | null {
  return at === null || until === null ? null : { at: beijingTime(at), until: beijingTime(until), by: by ?? '', reason: scrubbedOrNull(reason) ?? '' };
}

function showMaintenance(row: AlertRow, plans: readonly RunningPlan[]): AlertMaintenanceAnswer | null {
  const plan = planBehind(row, plans);
  return plan === undefined ? null : { planId: plan.id, until: beijingTime(plan.ends_at) };
}

function linksOf({ condition, subject }: AlertRow, maintenance: AlertMaintenanceAnswer | null): AlertAnswer['links'] {
  const links = [...alertLinks(condition, subject), ...(maintenance === null ? [] : [{ kind: 'maintenance' as const, path: `/api/maintenance/${maintenance.planId}` }])];
  return links.map(({ kind, path }) => ({ kind, kindZh: ALERT_LINKS[kind], path }));
}
